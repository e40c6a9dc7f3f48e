package webhooktest

import (
	"os/exec"
	"testing"
)

// PHP starts the PHP sample for finished images with the secret; the test is
// skipped without PHP.
func PHP(t testing.TB, secret string) *Receiver {
	t.Helper()
	return php(t, "php", "receiver.php", secret)
}

// PHPDeveloper starts the PHP sample for developers' webhooks with the secret; the
// test is skipped without PHP.
func PHPDeveloper(t testing.TB, secret string) *Receiver {
	t.Helper()
	return php(t, "php", "hwr_receiver.php", secret)
}

// Node starts the Node sample for video jobs with the secret; the test is skipped
// without Node. The receiver answers 500 when the sample throws.
func Node(t testing.TB, secret string) *Receiver {
	t.Helper()
	return start(t, interpreted(t, "node", "node", "receiver.mjs"), secret)
}

// Mono compiles the C# sample for finished images and starts it with the secret;
// the test is skipped without mono or its compiler.
func Mono(t testing.TB, secret string) *Receiver {
	t.Helper()
	return mono(t, "csharp", secret, "CallBack.cs", "Receiver.cs")
}

// Languages returns those that the verifying code of docs/api/webhooks.md is in.
func Languages() []string { return []string{"php", "node", "python", "ruby", "csharp", "go"} }

// Verifier starts the page's verifying code in the language, with the secret. The
// receiver answers with the names of the checks that hold, of standard, rtb, hwr
// and video in this order, and 403 when none does; it keeps no journal. The test is
// skipped where the language is missing.
func Verifier(t testing.TB, language, secret string) *Receiver {
	t.Helper()
	folder := "verify/" + language
	switch language {
	case "php":
		return php(t, folder, "receiver.php", secret)
	case "node":
		return start(t, interpreted(t, "node", folder, "receiver.mjs"), secret)
	case "python":
		return start(t, interpreted(t, "python3", folder, "receiver.py"), secret)
	case "ruby":
		return start(t, interpreted(t, "ruby", folder, "receiver.rb"), secret)
	case "csharp":
		return mono(t, folder, secret, "Verify.cs", "Receiver.cs")
	case "go":
		program := compiled(t, need(t, "go"), folder, "receiver", "build", "-o", "PROGRAM", "verify.go", "receiver.go")
		return start(t, exec.Command(program), secret)
	}
	t.Fatalf("there is no verifying code in %s", language)
	return nil
}

func php(t testing.TB, where, script, secret string) *Receiver {
	t.Helper()
	return start(t, interpreted(t, "php", where, "-S", "127.0.0.1:0", script), secret)
}

func mono(t testing.TB, where, secret string, sources ...string) *Receiver {
	t.Helper()
	compiler, runtime := need(t, "mcs"), need(t, "mono")
	program := compiled(t, compiler, where, "receiver.exe", append([]string{"-out:PROGRAM"}, sources...)...)
	return start(t, exec.Command(runtime, program), secret)
}
