package archtest

import (
	"go/ast"
	"go/token"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// sqlStart knows how a statement begins, and not the route "DELETE /api/v1/…" or a sentence that happens to begin with a verb.
var sqlStart = regexp.MustCompile(`^\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+[a-z_"]+\s|DELETE\s+FROM\s|WITH\s+(RECURSIVE\s+)?[a-z_]+\s*(\([^)]*\)\s*)?AS\s)`)

func wordRules() []rule {
	return []rule{
		{
			name:  "only store contains SQL",
			why:   "tables are changed where they are known: a statement elsewhere is one that no migration and no prepare-all test sees",
			check: checkSQL,
			refuse: []string{
				"-- internal/switchboard/a.go --\npackage switchboard\nconst q = `SELECT id FROM link`\n",
				"-- internal/report/a.go --\npackage report\nfunc f() string { return \"UPDATE link SET x = $1\" }\n",
				"-- internal/api/a.go --\npackage api\nconst q = `\n\tWITH due AS (SELECT 1) SELECT 2`\n",
				"-- internal/api/a.go --\npackage api\nconst q = `DELETE FROM link`\n",
				"-- internal/webhook/a_test.go --\npackage webhook\nconst q = `INSERT INTO link VALUES ($1)`\n",
			},
			accept: []string{
				"-- internal/store/a.go --\npackage store\nconst q = `SELECT id FROM link`\n",
				"-- internal/api/a.go --\npackage api\nconst route = `DELETE /api/v1/links/{id}`\n",
				"-- internal/api/a.go --\npackage api\nconst words = `Select a channel from the list`\n",
			},
		},
		{
			name:  "time comes from the transaction",
			why:   "one transaction has one Now, the database's where there are many nodes: clocks differ and step",
			check: checkClock,
			refuse: []string{
				"-- internal/store/a.go --\npackage store\nimport \"time\"\nfunc f() { time.Now() }\n",
				"-- internal/switchboard/a.go --\npackage switchboard\nimport \"time\"\ntype t struct{ now func() time.Time }\nfunc f() t { return t{time.Now} }\n",
				"-- internal/store/a.go --\npackage store\nimport \"time\"\nfunc f(t time.Time) { time.Since(t) }\n",
			},
			accept: []string{
				"-- internal/store/a_test.go --\npackage store\nimport \"time\"\nfunc f() { time.Now() }\n",
				"-- internal/dispatch/a.go --\npackage dispatch\nimport \"time\"\nfunc f() { time.Now() }\n",
			},
		},
		{
			name:  "api/problem.go alone maps errors to statuses",
			why:   "the same error must have the same status at every door",
			check: checkStatuses,
			refuse: []string{
				"-- internal/api/tickets.go --\npackage api\nimport \"net/http\"\nfunc f(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }\n",
				"-- internal/stream/a.go --\npackage stream\nimport \"net/http\"\nfunc f(w http.ResponseWriter) { w.WriteHeader(503) }\n",
				"-- internal/api/a.go --\npackage api\nimport \"net/http\"\nfunc f(w http.ResponseWriter) { http.Error(w, \"no\", 400) }\n",
				"-- internal/app/a.go --\npackage app\nimport (\n\"kefu\"\n\"net/http\"\n)\nfunc f(k kefu.ErrKind) int {\nif k == kefu.KindNotFound {\nreturn http.StatusNotFound\n}\nreturn 200\n}\n",
			},
			accept: []string{
				"-- internal/api/problem.go --\npackage api\nimport (\n\"kefu\"\n\"net/http\"\n)\nfunc f(k kefu.ErrKind) int {\nif k == kefu.KindNotFound {\nreturn http.StatusNotFound\n}\nreturn 200\n}\n",
				"-- internal/api/a.go --\npackage api\nimport \"net/http\"\nfunc f(w http.ResponseWriter) { w.WriteHeader(http.StatusCreated) }\n",
				"-- internal/discord/rest.go --\npackage discord\nimport \"net/http\"\nfunc f(s int) bool { return s == http.StatusTooManyRequests }\n",
			},
		},
	}
}

func checkSQL(p *pkg) []finding {
	if under(p.path, "internal/store", "internal/sqldb") || isTestFloor(p.path) {
		return nil
	}
	var found []finding
	for _, f := range p.files {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			if text, err := strconv.Unquote(lit.Value); err == nil && sqlStart.MatchString(text) {
				found = append(found, f.find(lit.Pos(), path.Base(f.path), "SQL outside store: %.40q", text))
			}
			return true
		})
	}
	return found
}

func checkClock(p *pkg) []finding {
	if !under(p.path, "internal/store", "internal/switchboard") {
		return nil
	}
	var found []finding
	for _, f := range p.production() {
		f.selectors("time", func(at token.Pos, name string) {
			if name == "Now" || name == "Since" || name == "Until" {
				found = append(found, f.find(at, "time."+name, "time.%s: use the transaction's Now", name))
			}
		})
	}
	return found
}

// checkStatuses has two parts: the doors name no error status outside problem.go, and nobody else has a function that knows both the
// kinds of our errors and HTTP's. Clients that read a remote's status are none of its business.
func checkStatuses(p *pkg) []finding {
	var found []finding
	for _, f := range p.production() {
		switch {
		case f.path == "internal/api/problem.go":
		case under(p.path, "internal/api", "internal/stream"):
			found = append(found, f.errorStatuses()...)
		default:
			found = append(found, f.mappings()...)
		}
	}
	return found
}

func (f *file) errorStatuses() []finding {
	var found []finding
	f.selectors("net/http", func(at token.Pos, name string) {
		if isErrorStatus(name) || name == "Error" || name == "NotFound" {
			found = append(found, f.find(at, path.Base(f.path), "http.%s outside problem.go", name))
		}
	})
	ast.Inspect(f.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		sel, isSel := call.Fun.(*ast.SelectorExpr)
		lit, isLit := call.Args[0].(*ast.BasicLit)
		if isSel && isLit && sel.Sel.Name == "WriteHeader" && lit.Value >= "400" {
			found = append(found, f.find(call.Pos(), path.Base(f.path), "status %s outside problem.go", lit.Value))
		}
		return true
	})
	return found
}

func (f *file) mappings() []finding {
	var found []finding
	for _, decl := range f.ast.Decls {
		kind, status := false, false
		f.selectorsIn(decl, module, func(_ token.Pos, name string) { kind = kind || strings.HasPrefix(name, "Kind") && name != "KindOf" })
		f.selectorsIn(decl, "net/http", func(_ token.Pos, name string) { status = status || isErrorStatus(name) })
		if kind && status {
			found = append(found, f.find(decl.Pos(), path.Base(f.path), "maps kinds of errors to HTTP statuses"))
		}
	}
	return found
}

// isErrorStatus tells whether a name of net/http is a status of 400 or more. Go lists them by name only, so the harmless ones are
// listed here: a new error status is then an error by default.
func isErrorStatus(name string) bool {
	if !strings.HasPrefix(name, "Status") || name == "StatusText" {
		return false
	}
	for code := 100; code < 400; code++ {
		if text := http.StatusText(code); text != "" && "Status"+strings.NewReplacer(" ", "", "-", "").Replace(text) == name {
			return false
		}
	}
	return name != "StatusNonAuthoritativeInfo"
}
