package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mattebox"
)

// jpegHead is enough for a file to be sniffed as a JPEG.
var jpegHead = []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00")

// planned plans a run in a tree, as remove does, and returns what becomes of what
// with the tree's path taken off.
func planned(t *testing.T, tree, output string, alpha, force bool, inputs ...string) (mapping []string, err error) {
	t.Helper()
	t.Chdir(tree)
	c := &RemoveCmd{Inputs: inputs}
	c.Output, c.Alpha, c.Force = output, alpha, force
	d, err := c.destination(&App{})
	if err != nil {
		return nil, err
	}
	r := &removal{cmd: c, planner: planner{destination: d, extension: "png", force: force}}
	if e := d.extension(); e != "" {
		r.planner.extension = e
	}
	sources, _ := findSources(inputs, r.holdsResults)
	items, err := r.planner.plan(sources)
	for _, it := range items {
		switch {
		case it.err != nil:
			mapping = append(mapping, it.path+" !")
		case it.exists:
			mapping = append(mapping, it.path+" > "+it.output+" =")
		default:
			mapping = append(mapping, it.path+" > "+it.output)
		}
	}
	return mapping, err
}

func shopTree(t *testing.T) string {
	t.Helper()
	tree := makeTree(t, map[string][]byte{
		"in/a.jpg": jpegHead, "in/B.JPEG": jpegHead, "in/broken.png": []byte("no picture"),
		"in/noname": jpegHead, "in/notes.txt": []byte("text"), "in/.hidden.jpg": jpegHead,
		"in/sub/a.jpg": jpegHead, "in/sub/deep/c.tif": []byte("II*\x00"), "in/.cache/d.jpg": jpegHead,
		"in/drawing.svg": []byte("<svg/>"), "in/empty": nil,
		"n/1.jpg": jpegHead, "n/2.jpg": jpegHead, "one.jpg": jpegHead, "[odd].jpg": jpegHead, "done": nil, "bare": nil,
	})
	for link, to := range map[string]string{"in/sub/loop": "..", "link": "in/sub", "in/dangling.jpg": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(tree, link)); err != nil {
			t.Fatal(err)
		}
	}
	return tree
}

func TestPlan(t *testing.T) {
	folder := func(format string) []string {
		var want []string
		for _, m := range [][3]string{
			{"in/B.JPEG", ".", "B"}, {"in/a.jpg", ".", "a"}, {"in/broken.png", ".", "broken"}, {"in/noname", ".", "noname"},
			{"in/sub/a.jpg", "sub", "a"}, {"in/sub/deep/c.tif", "sub/deep", "c"},
		} {
			out := strings.NewReplacer("{sub}", m[1], "{name}", m[2]).Replace(format)
			want = append(want, m[0]+" > "+filepath.Clean(out))
		}
		return want
	}
	tests := map[string]struct {
		inputs []string
		output string
		alpha  bool
		want   []string
	}{
		"a file":                        {[]string{"one.jpg"}, "", false, []string{"one.jpg > one-cutout.png"}},
		"a file's matte":                {[]string{"one.jpg"}, "", true, []string{"one.jpg > one-alpha.png"}},
		"to a file":                     {[]string{"one.jpg"}, "x.webp", false, []string{"one.jpg > x.webp"}},
		"to a folder that is there":     {[]string{"one.jpg"}, "done", false, []string{"one.jpg > done/one.png"}},
		"to a folder by its slash":      {[]string{"one.jpg"}, "new/", false, []string{"one.jpg > new/one.png"}},
		"to stdout":                     {[]string{"one.jpg"}, "-", false, []string{"one.jpg > -"}},
		"stdin":                         {[]string{"-"}, "", false, []string{"- > -"}},
		"stdin to a file":               {[]string{"-"}, "x.png", false, []string{"- > x.png"}},
		"stdin to a folder":             {[]string{"-", "one.jpg"}, "done", false, []string{"- > done/stdin.png", "one.jpg > done/one.png"}},
		"a folder":                      {[]string{"in"}, "done", false, folder("done/{sub}/{name}.png")},
		"a folder, its path unclean":    {[]string{"./in/../in/"}, "new", false, folder("new/{sub}/{name}.png")},
		"a folder by a link":            {[]string{"link"}, "new", false, []string{"link/a.jpg > new/a.png", "link/deep/c.tif > new/deep/c.png"}},
		"a folder, beside":              {[]string{"in/sub"}, "", false, []string{"in/sub/a.jpg > in/sub/a-cutout.png", "in/sub/deep/c.tif > in/sub/deep/c-cutout.png"}},
		"a pattern with the structure":  {[]string{"in"}, "new/{sub}/x-{name}.{ext}", false, folder("new/{sub}/x-{name}.png")},
		"a pattern with the folder":     {[]string{"in/sub"}, "new/{dir}/{name}.jpg", false, []string{"in/sub/a.jpg > new/in/sub/a.jpg", "in/sub/deep/c.tif > new/in/sub/deep/c.jpg"}},
		"a pattern beside":              {[]string{"one.jpg"}, "{dir}/{name}_x.{ext}", false, []string{"one.jpg > one_x.png"}},
		"a glob":                        {[]string{"in/*.jpg"}, "done", false, []string{"in/a.jpg > done/a.png"}},
		"a glob keeps structure":        {[]string{"in/**/*.{jpg,tif}"}, "done", false, []string{"in/a.jpg > done/a.png", "in/sub/a.jpg > done/sub/a.png", "in/sub/deep/c.tif > done/sub/deep/c.png"}},
		"a glob of everything":          {[]string{"in/s*/**"}, "done", false, []string{"in/sub/a.jpg > done/sub/a.png", "in/sub/deep/c.tif > done/sub/deep/c.png"}},
		"a glob of folders":             {[]string{"in/s?b"}, "done", false, []string{"in/sub/a.jpg > done/sub/a.png", "in/sub/deep/c.tif > done/sub/deep/c.png"}},
		"a name that looks like a glob": {[]string{"[odd].jpg"}, "", false, []string{"[odd].jpg > [odd]-cutout.png"}},
		"one file twice":                {[]string{"in/a.jpg", "./in/a.jpg", "in/sub/../a.jpg"}, "done", false, []string{"in/a.jpg > done/a.png"}},
		"what is not there":             {[]string{"gone.jpg", "one.jpg", "gone*.jpg", "bare"}, "done", false, []string{"gone.jpg !", "one.jpg > done/one.png", "gone*.jpg !", "bare !"}},
		"a file that is no picture":     {[]string{"in/notes.txt"}, "done", false, []string{"in/notes.txt > done/notes.png"}},
		"a hidden file that is named":   {[]string{"in/.hidden.jpg"}, "done", false, []string{"in/.hidden.jpg > done/.hidden.png"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := planned(t, shopTree(t), tt.output, tt.alpha, false, tt.inputs...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlanNumbers(t *testing.T) {
	files := map[string][]byte{}
	for _, n := range strings.Fields("k j i h g f e d c b a") {
		files["in/"+n+".jpg"] = jpegHead
	}
	got, err := planned(t, makeTree(t, files), "out-{n}.{ext}", false, false, "in")
	if err != nil || len(got) != 11 || got[0] != "in/a.jpg > out-01.png" || got[10] != "in/k.jpg > out-11.png" {
		t.Errorf("%v, %q", err, got)
	}
}

func TestPlanRefuses(t *testing.T) {
	tests := map[string]struct {
		inputs []string
		output string
		says   string
	}{
		"two results in one file":       {[]string{"in/a.jpg", "in/sub/a.jpg"}, "done", "in/a.jpg and in/sub/a.jpg would both become done/a.png"},
		"a pattern without a name":      {[]string{"in"}, "x.{ext}", "would both become x.png"},
		"several pictures, one file":    {[]string{"in"}, "x.png", "cannot hold several"},
		"several pictures, stdout":      {[]string{"one.jpg", "in/a.jpg"}, "-", "cannot hold several"},
		"itself":                        {[]string{"one.jpg"}, "one.jpg", "overwritten by its own result"},
		"itself by a link":              {[]string{"one.jpg"}, "hard.jpg", "overwritten by its own result"},
		"itself in a folder":            {[]string{"one.png"}, "./", "overwritten by its own result"},
		"another source":                {[]string{"n/2.jpg", "n/1.jpg"}, "n/{n}.jpg", "n/2.jpg would become n/1.jpg, which is a source"},
		"a folder":                      {[]string{"one.jpg"}, "d.{ext}", "d.png, which is a folder"},
		"an unknown placeholder":        {[]string{"one.jpg"}, "{nome}.png", "the placeholders are"},
		"an open brace":                 {[]string{"one.jpg"}, "{name.png", "the placeholders are"},
		"a pattern that ends in /":      {[]string{"one.jpg"}, "out/{name}/", "names a folder"},
		"stdin and files with no place": {[]string{"-", "one.jpg"}, "", "stdin"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tree := shopTree(t)
			for _, link := range []string{"hard.jpg", "one.png"} {
				if err := os.Link(filepath.Join(tree, "one.jpg"), filepath.Join(tree, link)); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Mkdir(filepath.Join(tree, "d.png"), 0o755); err != nil {
				t.Fatal(err)
			}
			// Force must not help: sources are sacred.
			_, err := planned(t, tree, tt.output, false, true, tt.inputs...)
			if mattebox.CodeOf(err) != mattebox.CodeInvalid || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want %q", err, tt.says)
			}
		})
	}
}

func TestPlanLeavesResultsOut(t *testing.T) {
	tree := makeTree(t, map[string][]byte{
		"a.jpg": jpegHead, "a-cutout.png": jpegHead, "a-alpha.png": jpegHead, "b-cutout.png": jpegHead,
		"out/old.png": jpegHead, "sub/out/c.png": jpegHead,
	})
	got, err := planned(t, tree, "", false, false, ".")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"a.jpg > a-cutout.png =",
		"b-cutout.png > b-cutout-cutout.png", // there is no b: somebody's own name
		"out/old.png > out/old-cutout.png", "sub/out/c.png > sub/out/c-cutout.png",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got, err = planned(t, tree, "./out", false, false, ".")
	if err != nil {
		t.Fatal(err)
	}
	want = []string{"a.jpg > out/a.png", "b-cutout.png > out/b-cutout.png", "sub/out/c.png > out/sub/out/c.png"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlanSeesWhatIsThere(t *testing.T) {
	tree := makeTree(t, map[string][]byte{"a.jpg": jpegHead, "b.jpg": jpegHead, "out/a.png": jpegHead})
	for force, want := range map[bool][]string{
		false: {"a.jpg > out/a.png =", "b.jpg > out/b.png"},
		true:  {"a.jpg > out/a.png", "b.jpg > out/b.png"},
	} {
		got, err := planned(t, tree, "out/", false, force, "a.jpg", "b.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("force %t: %s", force, diff)
		}
	}
}

func TestDestinationExtension(t *testing.T) {
	for output, want := range map[string]string{
		"a.webp": "webp", "a": "", "d/{name}.tif": "tif", "d/{name}.{ext}": "", "d.x/": "", "d.png/{name}": "",
	} {
		d, err := parseDestination(output, false, false, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.extension(); got != want {
			t.Errorf("%s: %q, want %q", output, got, want)
		}
	}
}
