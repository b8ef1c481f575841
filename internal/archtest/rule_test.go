package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// module is the module's path, which is the root package's import path too.
const module = "kefu"

// rule is a question asked of every package.
type rule struct {
	name string
	why  string // shown with each finding: a rule that cannot say why is not kept
	// check returns what is against the rule.
	check func(p *pkg) []finding
	// exempt maps a finding's key to the reason why it may stay.
	exempt map[string]string
	// refuse and accept are txtar archives of small packages, to prove that the rule can fail, and that it does not always.
	refuse, accept []string
}

// finding is one thing against a rule. Key names it for exemptions: "internal/store.pragmas", without a line number.
type finding struct {
	key, pos, what string
}

// pkg is a package as it is written. Path is relative to the module; the root package's is ".".
type pkg struct {
	path  string
	name  string
	files []*file
}

type file struct {
	path      string // relative to the module, with slashes
	test      bool
	generated bool
	lines     int
	ast       *ast.File
	fset      *token.FileSet
}

// parseFile reads one Go file.
func parseFile(name string, src []byte) (*file, error) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &file{
		path:      name,
		test:      strings.HasSuffix(name, "_test.go"),
		generated: ast.IsGenerated(tree),
		lines:     strings.Count(string(src), "\n"),
		ast:       tree,
		fset:      fset,
	}, nil
}

// production yields the package's files that are neither tests nor generated.
func (p *pkg) production() []*file {
	return slices.DeleteFunc(slices.Clone(p.files), func(f *file) bool { return f.test || f.generated })
}

// find makes a finding; thing names what it is about, for exemptions.
func (f *file) find(at token.Pos, thing, format string, args ...any) finding {
	line := f.fset.Position(at).Line
	return finding{
		key:  path.Dir(f.path) + "." + thing,
		pos:  fmt.Sprintf("%s:%d", f.path, line),
		what: fmt.Sprintf(format, args...),
	}
}

// imports yields the file's import paths.
func (f *file) imports() []string {
	var paths []string
	for _, spec := range f.ast.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			paths = append(paths, name)
		}
	}
	return paths
}

// importName tells under which name a file knows an import, "" if it does not import it.
func (f *file) importName(importPath string) string {
	for i, name := range f.imports() {
		if name != importPath {
			continue
		}
		if alias := f.ast.Imports[i].Name; alias != nil {
			return alias.Name
		}
		return path.Base(name)
	}
	return ""
}

// selectors calls fn for every pkgname.Name in the file that refers to an import.
func (f *file) selectors(importPath string, fn func(at token.Pos, name string)) {
	f.selectorsIn(f.ast, importPath, fn)
}

func (f *file) selectorsIn(root ast.Node, importPath string, fn func(at token.Pos, name string)) {
	known := f.importName(importPath)
	if known == "" {
		return
	}
	ast.Inspect(root, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == known {
			fn(sel.Pos(), sel.Sel.Name)
		}
		return true
	})
}

// under tells whether a package is one of the places or lies below one.
func under(p string, places ...string) bool {
	return slices.ContainsFunc(places, func(place string) bool { return p == place || strings.HasPrefix(p, place+"/") })
}

// sample makes packages of a txtar archive.
func sample(t *testing.T, archive string) []*pkg {
	t.Helper()
	byPath := map[string]*pkg{}
	var order []*pkg
	for _, entry := range txtar.Parse([]byte(archive)).Files {
		f, err := parseFile(entry.Name, entry.Data)
		if err != nil {
			t.Fatalf("sample does not parse: %v\n%s", err, archive)
		}
		dir := path.Dir(entry.Name)
		p, ok := byPath[dir]
		if !ok {
			p = &pkg{path: dir, name: f.ast.Name.Name}
			byPath[dir] = p
			order = append(order, p)
		}
		p.files = append(p.files, f)
	}
	if len(order) == 0 {
		t.Fatalf("sample holds no file:\n%s", archive)
	}
	return order
}
