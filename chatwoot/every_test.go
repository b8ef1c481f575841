package chatwoot_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	"kefu/chatwoot"
)

// TestEveryCallHasAnExample that runs and says what comes out; so have the package and what it begins with.
func TestEveryCallHasAnExample(t *testing.T) {
	have := map[string]bool{}
	files, err := os.ReadDir(".")
	must(t, err)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ParseComments)
		must(t, err)
		for _, d := range parsed.Decls {
			fn, isFunc := d.(*ast.FuncDecl)
			if !isFunc || !strings.HasPrefix(fn.Name.Name, "Example") {
				continue
			}
			have[fn.Name.Name] = shows(parsed, fn)
		}
	}
	for _, name := range []string{"Example", "ExampleNew", "ExampleVerifySignature", "ExampleParseEvent", "ExampleError", "ExampleRich_Check"} {
		if !have[name] {
			t.Errorf("%s is missing, or shows no output", name)
		}
	}
	client := reflect.TypeFor[*chatwoot.Client]()
	for m := range client.Methods() {
		name := "ExampleClient_" + m.Name
		if shown, there := have[name]; !there || !shown {
			t.Errorf("%s is missing, or shows no output", name)
		}
	}
}

// shows tells whether an example says what it prints: without, it is never run.
func shows(f *ast.File, fn *ast.FuncDecl) bool {
	for _, c := range f.Comments {
		if c.Pos() > fn.Body.Pos() && c.End() < fn.Body.End() && strings.HasPrefix(c.Text(), "Output:") {
			return true
		}
	}
	return false
}
