package archtest

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// gomod is what `go mod edit -json` tells of go.mod.
type gomod struct {
	Module  struct{ Path string }
	Replace []struct {
		Old, New struct{ Path, Version string }
	}
	Exclude []struct{ Path, Version string }
}

// modFaults says what is wrong with a go.mod: a replaced module is one that nobody else gets.
func modFaults(mod gomod) []string {
	var faults []string
	if mod.Module.Path != module {
		faults = append(faults, "the module is "+mod.Module.Path+", not "+module)
	}
	for _, r := range mod.Replace {
		faults = append(faults, "go.mod replaces "+r.Old.Path)
	}
	for _, e := range mod.Exclude {
		faults = append(faults, "go.mod excludes "+e.Path)
	}
	return faults
}

func parseMod(t *testing.T, file string) gomod {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json", file).Output()
	if err != nil {
		t.Fatalf("go mod edit -json %s: %v", file, err)
	}
	var mod gomod
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	return mod
}

func TestGoMod(t *testing.T) {
	t.Parallel()
	root := mustRoot(t)
	for _, fault := range modFaults(parseMod(t, filepath.Join(root, "go.mod"))) {
		t.Error(fault)
	}
}

func TestGoModRuleCanFail(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "go.mod")
	text := "module kefu\n\ngo 1.26.0\n\nreplace example.org/a => ../a\n\nexclude example.org/b v1.0.0\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if faults := modFaults(parseMod(t, file)); len(faults) != 2 {
		t.Errorf("faults = %q, want the replacement and the exclusion", faults)
	}
}

// strays are words that tell about one machine or one workplace, and nothing to a reader. They are written here in two halves, so that
// this file may be read too.
func strays() []*regexp.Regexp {
	words := []string{
		`(^|[^\w./-])/` + `(work|tmp|Users/\w+|home/\w+)/\w`,
		`proxy\.` + `golang\.org`,
		`sum\.` + `golang\.org`,
		`registry\.` + `npmjs\.org`,
		`deb\.` + `debian\.org`,
	}
	compiled := make([]*regexp.Regexp, len(words))
	for i, w := range words {
		compiled[i] = regexp.MustCompile(w)
	}
	return compiled
}

// strayLines returns the lines of a text that hold such a word.
func strayLines(text string) []string {
	patterns := strays()
	var found []string
	for line := range strings.Lines(text) {
		if slices.ContainsFunc(patterns, func(re *regexp.Regexp) bool { return re.MatchString(line) }) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

func TestNoMachinePaths(t *testing.T) {
	t.Parallel()
	root := mustRoot(t)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(d.Name())
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > 4<<20 || d.Name() == ".git" { // a file, in a second work tree
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil || !utf8.Valid(text) {
			return err
		}
		for _, line := range strayLines(string(text)) {
			rel, _ := filepath.Rel(root, name)
			t.Errorf("%s names a machine or a registry: %.120s", rel, line)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// skipFolder leaves out what is never committed.
func skipFolder(name string) error {
	switch name {
	case ".git", "bin", "node_modules", "kefu-data":
		return fs.SkipDir
	}
	return nil
}

func TestStrayWordsCanFail(t *testing.T) {
	t.Parallel()
	refuse := []string{"open /" + "tmp/kefu.db", "see (/" + "work/main/go.mod)", "GOPROXY=https://proxy" + ".golang.org", "/" + "home/ann/kefu"}
	for _, text := range refuse {
		if len(strayLines("fine\n"+text+"\n")) != 1 {
			t.Errorf("accepted: %s", text)
		}
	}
	accept := []string{"mktemp -d", "https://example.org/work/list", "internal/e2e/work/x", "golang.org/x/text", "TMPDIR"}
	for _, text := range accept {
		if found := strayLines(text); len(found) != 0 {
			t.Errorf("refused: %q", found)
		}
	}
}

// unshippable returns packages that must not be part of the program, of those that it is linked from.
func unshippable(deps []string) []string {
	outside := []string{"testing", "net/http/httptest", "github.com/bwmarrin/discordgo", "github.com/google/go-cmp", "go.uber.org/goleak", "pgregory.net/rapid"}
	return slices.DeleteFunc(slices.Clone(deps), func(dep string) bool {
		if to, ok := inside(dep); ok {
			return !isTestFloor(to) || under(to, "internal/fake")
		}
		return !under(dep, outside...)
	})
}

// TestBinary follows every import of the program to its end: what a library of a library brings along counts too.
func TestBinary(t *testing.T) {
	t.Parallel()
	root := mustRoot(t)
	all, err := goList(root, "-e", "-deps", "-json=ImportPath", "./cmd/kefu")
	if err != nil {
		t.Fatal(err)
	}
	deps := make([]string, len(all))
	for i, l := range all {
		deps[i] = l.ImportPath
	}
	for _, dep := range unshippable(deps) {
		t.Errorf("%s is part of the program; it is for tests only", dep)
	}
}

func TestBinaryRuleCanFail(t *testing.T) {
	t.Parallel()
	deps := []string{"fmt", "kefu", "kefu/internal/app", "kefu/internal/fake/discord", "kefu/internal/storetest", "testing", "github.com/bwmarrin/discordgo"}
	want := []string{"kefu/internal/storetest", "testing", "github.com/bwmarrin/discordgo"}
	if got := unshippable(deps); !slices.Equal(got, want) {
		t.Errorf("unshippable = %v, want %v", got, want)
	}
}

// TestTablesAgree finds arrows that contradict each other or that name packages without a place.
func TestTablesAgree(t *testing.T) {
	t.Parallel()
	for _, table := range []map[edge]string{allowed(), forbidden()} {
		for e, why := range table {
			if why == "" {
				t.Errorf("%v has no reason", e)
			}
			for _, end := range []string{e.from, e.to} {
				if _, ok := floorOf(strings.TrimSuffix(end, "/*")); !ok {
					t.Errorf("%v: %s has no floor", e, end)
				}
			}
		}
	}
	for e := range allowed() {
		if why, ok := covered(forbidden(), e.from, e.to); ok {
			t.Errorf("%v is allowed and forbidden (%s)", e, why)
		}
	}
}

func mustRoot(t *testing.T) string {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}
