package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/cpu"

	"mattebox"
	"mattebox/imaging"
	"mattebox/matte/onnx"
	"mattebox/weights"
)

// DoctorCmd is "mattebox doctor": what this machine has and lacks, and what to
// type to mend it. Of App it uses Stdout, Home and Context. Run returns an error
// when something that is needed is missing.
type DoctorCmd struct {
	Deep bool `help:"Read every installed file and compare its checksum."`
	JSON bool `name:"json" help:"Print JSON."`
}

// verdict is how a check came out.
type verdict string

const (
	good    verdict = "ok"
	warning verdict = "warning" // works, but not fully or not fast
	failed  verdict = "failed"  // mattebox remove cannot work
)

// finding is the outcome of one check.
type finding struct {
	Name    string  `json:"name"`
	Verdict verdict `json:"verdict"`
	Detail  string  `json:"detail"`
	Mend    string  `json:"mend,omitempty"` // what to do about it; empty when all is well
}

// Sizes below which the doctor warns. A warm standard cut-out of 24 megapixels
// needs about 1.3 GB; an installation needs the packed package, the fetched and
// the prepared file at once.
const (
	wantMemory = 1_500_000_000
	wantDisk   = 1_000_000_000
)

// Run makes the checks and prints them.
func (c *DoctorCmd) Run(app *App) error {
	store, err := openStore(app)
	if err != nil {
		return err
	}
	findings := []finding{
		checkProcessor(),
		checkMemory(),
		checkHome(app.Home),
		checkDisk(app.Home),
		checkVips(),
	}
	files, err := c.checkFiles(app.Context, store)
	if err != nil {
		return err
	}
	findings = append(findings, files...)
	for _, t := range tools(anyMissing(files)) {
		findings = append(findings, checkTool(app.Context, t))
	}
	return c.report(app.Stdout, findings)
}

func (c *DoctorCmd) report(w io.Writer, findings []finding) error {
	missing := 0
	for _, f := range findings {
		if f.Verdict == failed {
			missing++
		}
	}
	if c.JSON {
		if err := printJSON(w, map[string]any{"ok": missing == 0, "checks": findings}); err != nil {
			return err
		}
	} else {
		printFindings(w, findings)
	}
	if missing > 0 {
		return mattebox.Errorf(mattebox.CodeUnavailable, "%d of %d checks failed", missing, len(findings))
	}
	return nil
}

func printFindings(w io.Writer, findings []finding) {
	for _, f := range findings {
		fmt.Fprintf(w, "%-8s %-14s %s\n", f.Verdict, f.Name, f.Detail)
		if f.Mend != "" {
			fmt.Fprintf(w, "%24s%s\n", "-> ", f.Mend)
		}
	}
}

func anyMissing(findings []finding) bool {
	for _, f := range findings {
		if f.Verdict == failed {
			return true
		}
	}
	return false
}

func checkProcessor() finding {
	f := finding{Name: "processor", Verdict: good,
		Detail: fmt.Sprintf("%s/%s, %d cores", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())}
	if runtime.GOARCH != "amd64" {
		return f
	}
	switch {
	case cpu.X86.HasAVX512F:
		f.Detail += ", AVX-512"
	case cpu.X86.HasAVX2:
		f.Detail += ", AVX2"
	default:
		f.Verdict, f.Detail = warning, f.Detail+", no AVX2"
		f.Mend = "pictures will take several times as long; use a machine with AVX2"
	}
	return f
}

func checkMemory() finding {
	f := finding{Name: "memory", Verdict: good}
	free, err := availableMemory()
	if err != nil {
		f.Verdict, f.Detail, f.Mend = warning, "cannot be told: "+err.Error(), "make sure that 1.5 GB are free"
		return f
	}
	f.Detail = fmt.Sprintf("%.1f GB free", float64(free)/1e9)
	if free < wantMemory {
		f.Verdict, f.Mend = warning, "free 1.5 GB, or use --quality fast"
	}
	return f
}

// availableMemory returns the bytes that can be had without swapping: the
// kernel's estimate, or what the control group has left where that is less.
func availableMemory() (int64, error) {
	data, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, err
	}
	free := int64(-1)
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0, err
			}
			free = kb * 1024
		}
	}
	if free < 0 {
		return 0, errors.New("/proc/meminfo does not say")
	}
	limit, okLimit := readNumber("/sys/fs/cgroup/memory.max")
	used, okUsed := readNumber("/sys/fs/cgroup/memory.current")
	if okLimit && okUsed {
		free = min(free, limit-used)
	}
	return free, nil
}

func readNumber(path string) (int64, bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	return n, err == nil
}

func checkHome(home string) finding {
	f := finding{Name: "home", Verdict: good, Detail: home}
	if err := os.MkdirAll(home, 0o755); err == nil {
		probe, err := os.CreateTemp(home, ".doctor-")
		if err == nil {
			probe.Close()
			os.Remove(probe.Name())
			return f
		}
	}
	f.Verdict, f.Detail = warning, home+" cannot be written"
	f.Mend = "name a folder that you may write with MATTEBOX_HOME"
	return f
}

func checkDisk(home string) finding {
	f := finding{Name: "disk", Verdict: good}
	dir := home
	var st syscall.Statfs_t
	for syscall.Statfs(dir, &st) != nil {
		if dir == filepath.Dir(dir) {
			return finding{Name: "disk", Verdict: warning, Detail: "cannot be told", Mend: "make sure that 1 GB is free"}
		}
		dir = filepath.Dir(dir)
	}
	free := int64(st.Bavail) * st.Bsize
	f.Detail = fmt.Sprintf("%.1f GB free at %s", float64(free)/1e9, dir)
	if free < wantDisk {
		f.Verdict, f.Mend = warning, "free 1 GB there, or name another folder with MATTEBOX_HOME"
	}
	return f
}

// checkVips reports the libvips that this program is linked to; without one the
// program would not have started.
func checkVips() finding {
	if err := imaging.Startup(1); err != nil {
		return finding{Name: "libvips", Verdict: failed, Detail: err.Error(), Mend: "apt-get install libvips42"}
	}
	return finding{Name: "libvips", Verdict: good, Detail: imaging.Version()}
}

// checkFiles looks at the runtime and at every network that is installed or
// should be.
func (c *DoctorCmd) checkFiles(ctx context.Context, store *weights.Store) ([]finding, error) {
	var findings []finding
	for _, e := range store.Entries() {
		status, err := c.status(ctx, store, e.Name)
		if err != nil {
			return nil, err
		}
		if !e.Default && status.State == weights.Missing {
			continue
		}
		findings = append(findings, fileFinding(status, c.Deep))
	}
	for _, err := range store.Broken() {
		findings = append(findings, finding{Name: "own entry", Verdict: warning, Detail: err.Error(), Mend: "mend or remove that file"})
	}
	return findings, nil
}

func (c *DoctorCmd) status(ctx context.Context, store *weights.Store, name string) (weights.Status, error) {
	if c.Deep {
		return store.Verify(ctx, name)
	}
	return store.Status(name)
}

func fileFinding(status weights.Status, deep bool) finding {
	f := finding{Name: status.Entry.Name, Verdict: good, Mend: status.Mend}
	sum, _ := status.Entry.Installed()
	switch {
	case status.State == weights.Ready && deep:
		f.Detail = fmt.Sprintf("%s, checksum compared", megabytes(sum.Size))
	case status.State == weights.Ready:
		f.Detail = megabytes(sum.Size)
	default:
		f.Verdict, f.Detail = failed, fmt.Sprintf("%s: %s", status.State, status.Path)
		if status.Entry.Kind == weights.KindMediaPipe { // for clips, and not needed there
			f.Verdict = warning
		}
	}
	if f.Verdict == good && status.Entry.IsRuntime() {
		version, err := loadRuntime(status.Path)
		if err != nil {
			f.Verdict, f.Detail, f.Mend = failed, err.Error(), "see what the library lacks with: ldd "+status.Path
		} else {
			f.Detail = version + ", " + f.Detail
		}
	}
	return f
}

// loadRuntime loads the native library, as remove would, and returns its version.
func loadRuntime(path string) (string, error) {
	lib, err := onnx.Open(path)
	if err != nil {
		return "", err
	}
	return lib.Version(), lib.Close()
}

// tool is a program that mattebox runs.
type tool struct{ name, flag, purpose, mend string }

// tools returns the programs to look for.
func tools(fetching bool) []tool {
	list := []tool{
		{"ffmpeg", "-version", "videos", "apt-get install ffmpeg"},
		{"ffprobe", "-version", "videos", "apt-get install ffmpeg"},
	}
	if fetching {
		list = append(list, tool{"npm", "--version", "fetching what is missing", "install Node.js with npm, or bring the packages in a folder: mattebox model install --packages DIR"})
	}
	return list
}

// checkTool looks for the program and for its version.
func checkTool(ctx context.Context, t tool) finding {
	f := finding{Name: t.name, Verdict: warning, Mend: t.mend}
	path, err := exec.LookPath(t.name)
	if err != nil {
		f.Detail = "not found; needed for " + t.purpose
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, t.flag).Output()
	if err != nil {
		f.Detail = fmt.Sprintf("%s does not run: %v", path, err)
		return f
	}
	version, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	version, _, _ = strings.Cut(version, " Copyright")
	return finding{Name: t.name, Verdict: good, Detail: version}
}
