package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// rules is the house.
func rules() []rule {
	return slices.Concat(floorRules(), importRules(), shapeRules(), nameRules(), wordRules())
}

func TestHouse(t *testing.T) {
	t.Parallel()
	pkgs := loadTree(t)
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			for _, f := range r.over(pkgs) {
				t.Errorf("%s: %s\n\twhy: %s\n\tkey: %s", f.pos, f.what, r.why, f.key)
			}
			for _, key := range r.stale(pkgs) {
				t.Errorf("the exception %q of rule %q is no longer needed: remove it", key, r.name)
			}
		})
	}
}

// TestRulesCanFail runs each rule on its samples: a rule that refuses nothing guards nothing.
func TestRulesCanFail(t *testing.T) {
	t.Parallel()
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			if r.why == "" || len(r.refuse) == 0 || len(r.accept) == 0 {
				t.Fatal("a rule needs a why, and samples that it refuses and accepts")
			}
			r.exempt = nil
			for _, archive := range r.refuse {
				if len(r.over(sample(t, archive))) == 0 {
					t.Errorf("accepted, must be refused:\n%s", archive)
				}
			}
			for _, archive := range r.accept {
				if found := r.over(sample(t, archive)); len(found) > 0 {
					t.Errorf("refused, must be accepted: %+v\n%s", found, archive)
				}
			}
		})
	}
}

// TestExceptionsCanGoStale proves that an exception is used, and reported once it is not.
func TestExceptionsCanGoStale(t *testing.T) {
	t.Parallel()
	r := shapeRules()[0]
	r.exempt = map[string]string{
		"internal/store.init":  "used",
		"internal/store.other": "not used",
		"internal/absent.init": "its package does not exist yet",
	}
	pkgs := sample(t, "-- internal/store/a.go --\npackage store\nfunc init() {}\n")
	if found := r.over(pkgs); len(found) != 0 {
		t.Errorf("exempted and found all the same: %+v", found)
	}
	if stale := r.stale(pkgs); !slices.Equal(stale, []string{"internal/store.other"}) {
		t.Errorf("stale exceptions = %v, want the unused one alone", stale)
	}
}

// over returns what is against the rule and not exempted.
func (r rule) over(pkgs []*pkg) []finding {
	var found []finding
	for _, p := range pkgs {
		for _, f := range r.check(p) {
			if r.exempt[f.key] == "" {
				found = append(found, f)
			}
		}
	}
	return found
}

// stale returns exceptions that excuse nothing, of packages that exist.
func (r rule) stale(pkgs []*pkg) []string {
	used := map[string]bool{}
	exists := map[string]bool{}
	for _, p := range pkgs {
		exists[p.path] = true
		for _, f := range r.check(p) {
			used[f.key] = true
		}
	}
	var keys []string
	for key := range r.exempt {
		if dir := key[:strings.LastIndex(key, ".")]; exists[dir] && !used[key] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// listed is what the go command tells about a package. Files for other platforms are in IgnoredGoFiles and are judged too.
type listed struct {
	ImportPath, Name, Dir                              string
	GoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles []string
}

// loadTree reads every package of the module, once for all tests.
func loadTree(t *testing.T) []*pkg {
	t.Helper()
	pkgs, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	return pkgs
}

var tree = sync.OnceValues(func() ([]*pkg, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	all, err := goList(root, "-e", "-json=ImportPath,Name,Dir,GoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles", "./...")
	if err != nil {
		return nil, err
	}
	pkgs := make([]*pkg, 0, len(all))
	for _, l := range all {
		p, err := read(root, l)
		if err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
	return pkgs, nil
})

func read(root string, l listed) (*pkg, error) {
	rel, err := filepath.Rel(root, l.Dir)
	if err != nil {
		return nil, err
	}
	p := &pkg{path: filepath.ToSlash(rel), name: l.Name}
	for _, name := range slices.Concat(l.GoFiles, l.IgnoredGoFiles, l.TestGoFiles, l.XTestGoFiles) {
		src, err := os.ReadFile(filepath.Join(l.Dir, name))
		if err != nil {
			return nil, err
		}
		f, err := parseFile(path.Join(p.path, name), src)
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, f)
	}
	return p, nil
}

// goList asks the go command, which alone knows what belongs to the module.
func goList(root string, args ...string) ([]listed, error) {
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.Join(err, errors.New(stderr.String()))
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		switch err := dec.Decode(&l); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, l)
	}
}

// moduleRoot is the folder of go.mod. Tests run in their package's folder, two below it.
func moduleRoot() (string, error) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return "", err
	}
	_, err = os.Stat(filepath.Join(root, "go.mod"))
	return root, err
}
