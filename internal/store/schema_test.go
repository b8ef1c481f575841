package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// TestEveryStatementPreparesOnBothEngines reads the statements from the source, so that a new one cannot be forgotten.
func TestEveryStatementPreparesOnBothEngines(t *testing.T) {
	statements := constants(t)
	if len(statements) < 50 {
		t.Fatalf("found only %d statements: the search is broken", len(statements))
	}
	each(t, func(t *testing.T, s *store.Store) {
		for name, text := range statements {
			if err := sqldb.Prepare(t.Context(), s.DB(), text); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// constants evaluates the string constants named sql… of the package: literals joined by + and other constants.
func constants(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	exprs := map[string]ast.Expr{}
	for _, f := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				for i, name := range v.Names {
					if i < len(v.Values) {
						exprs[name.Name] = v.Values[i]
					}
				}
			}
			return true
		})
	}
	found := map[string]string{}
	for name, e := range exprs {
		if strings.HasPrefix(name, "sql") {
			found[name] = text(t, e, exprs)
		}
	}
	return found
}

func text(t *testing.T, e ast.Expr, exprs map[string]ast.Expr) string {
	t.Helper()
	switch v := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(v.Value)
		if err != nil {
			t.Fatal(err)
		}
		return s
	case *ast.BinaryExpr:
		return text(t, v.X, exprs) + text(t, v.Y, exprs)
	case *ast.Ident:
		return text(t, exprs[v.Name], exprs)
	}
	t.Fatalf("a statement is not a plain constant: %T", e)
	return ""
}
