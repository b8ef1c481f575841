package archtest

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

func nameRules() []rule {
	return []rule{
		{
			name:  "packages are named for what they own",
			why:   "a room without a name of its own fills up with what has no place",
			check: checkPackageName,
			refuse: []string{
				"-- internal/util/a.go --\npackage util\n",
				"-- internal/store/models/a.go --\npackage models\n",
				"-- internal/api/helpers/a.go --\npackage helpers\n",
			},
			accept: []string{"-- internal/websig/a.go --\npackage websig\n"},
		},
		{
			name:  "names say it",
			why:   "a Manager manages anything, Get says nothing that the result does not, and a receiver is known by its type",
			check: checkNames,
			exempt: map[string]string{
				"internal/auth.GetWithTime": "throttled's store has a method of this name",
				"internal/api.GetStatus":    "huma's word for the status of an error",
				"internal/api.GetHeaders":   "huma's word for the headers of an error",
			},
			refuse: []string{
				"-- internal/store/a.go --\npackage store\ntype LinkManager struct{}\n",
				"-- internal/store/a.go --\npackage store\nfunc GetLink() {}\n",
				"-- internal/store/a.go --\npackage store\ntype t struct{}\nfunc (t) GetLink() {}\n",
				"-- internal/store/a.go --\npackage store\ntype link struct{}\nfunc (self link) send() {}\n",
			},
			accept: []string{
				"-- internal/store/a.go --\npackage store\ntype link struct{}\nfunc (l link) send() {}\nfunc (link) Getter() {}\n",
			},
		},
		{
			name:  "exported things have comments",
			why:   "a comment says what the types cannot: units, errors, blocking, idempotence",
			check: checkComments,
			refuse: []string{
				"-- internal/store/a.go --\npackage store\nfunc Open() {}\n",
				"-- internal/store/a.go --\npackage store\ntype Link struct{}\n",
				"-- internal/store/a.go --\npackage store\n// T is here.\ntype T struct{}\nfunc (T) Send() {}\n",
				"-- internal/store/a.go --\npackage store\nconst Max = 1\n",
				"-- internal/connector/a.go --\npackage connector\n// C is here.\ntype C interface {\n\tSend() error\n\tClose()\n}\n",
				"-- internal/connector/a.go --\npackage connector\ntype C interface{ Send() error }\n",
			},
			accept: []string{
				"-- internal/store/a.go --\npackage store\n// Open opens.\nfunc Open() {}\nfunc close() {}\n",
				"-- internal/connector/a.go --\npackage connector\n// C can Send, once, and be closed.\ntype C interface {\n\tSend() error\n\tClose() // idempotent\n}\n",
				"-- internal/store/a.go --\npackage store\ntype fault struct{}\nfunc (fault) Send() {}\n",
				"-- internal/store/a.go --\npackage store\n// T is here.\ntype T struct{}\nfunc (T) Error() string { return \"\" }\n",
				"-- internal/store/a.go --\npackage store\n// Limits.\nconst (\n\tMax = 1\n\tMin = 0\n)\n",
				"-- internal/store/a.go --\npackage store\nconst (\n\tMax = 1 // of anything\n)\n",
			},
		},
	}
}

func checkPackageName(p *pkg) []finding {
	bad := []string{"util", "utils", "common", "model", "models", "helper", "helpers", "misc", "shared", "lib"}
	name := strings.TrimSuffix(p.name, "_test")
	if !slices.Contains(bad, name) || len(p.files) == 0 {
		return nil
	}
	f := p.files[0]
	return []finding{f.find(f.ast.Name.Pos(), name, "package is named %s", name)}
}

func checkNames(p *pkg) []finding {
	var found []finding
	for _, f := range p.production() {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if strings.HasSuffix(n.Name.Name, "Manager") {
					found = append(found, f.find(n.Pos(), n.Name.Name, "type %s: name it for what it does", n.Name.Name))
				}
			case *ast.FuncDecl:
				found = append(found, f.funcName(n)...)
			}
			return true
		})
	}
	return found
}

func (f *file) funcName(fn *ast.FuncDecl) []finding {
	var found []finding
	if rest, ok := strings.CutPrefix(fn.Name.Name, "Get"); ok {
		if r, _ := utf8.DecodeRuneInString(rest); unicode.IsUpper(r) {
			found = append(found, f.find(fn.Pos(), fn.Name.Name, "%s: leave Get out", fn.Name.Name))
		}
	}
	if fn.Recv != nil && len(fn.Recv.List) > 0 && len(fn.Recv.List[0].Names) > 0 {
		if recv := fn.Recv.List[0].Names[0].Name; len(recv) > 2 {
			found = append(found, f.find(fn.Pos(), fn.Name.Name, "receiver %s of %s: one or two letters", recv, fn.Name.Name))
		}
	}
	return found
}

func checkComments(p *pkg) []finding {
	if p.name == "main" {
		return nil
	}
	var found []finding
	for _, f := range p.production() {
		for _, decl := range f.ast.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if bareFunc(d) {
					found = append(found, f.find(d.Pos(), d.Name.Name, "%s has no comment", d.Name.Name))
				}
			case *ast.GenDecl:
				found = append(found, f.bareSpecs(d)...)
			}
		}
	}
	return found
}

func bareFunc(fn *ast.FuncDecl) bool {
	if !fn.Name.IsExported() || fn.Doc != nil {
		return false
	}
	if fn.Recv == nil {
		return true
	}
	return ast.IsExported(receiverType(fn)) && !wellKnown(fn.Name.Name)
}

func receiverType(fn *ast.FuncDecl) string {
	t := fn.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// wellKnown are methods whose meaning Go itself fixes; a comment would only repeat it.
func wellKnown(name string) bool {
	switch name {
	case "Error", "Unwrap", "Is", "As", "String", "GoString", "Format", "LogValue", "Len", "Less", "Swap", "ServeHTTP", "RoundTrip",
		"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "MarshalYAML", "UnmarshalYAML", "Read", "Write", "Scan", "Value":
		return true
	}
	return false
}

func (f *file) bareSpecs(group *ast.GenDecl) []finding {
	var found []finding
	for _, spec := range group.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if !s.Name.IsExported() {
				continue
			}
			if s.Doc == nil && s.Comment == nil && (group.Doc == nil || group.Lparen.IsValid()) {
				found = append(found, f.find(s.Pos(), s.Name.Name, "type %s has no comment", s.Name.Name))
			}
			found = append(found, f.bareMethods(s, cmp.Or(s.Doc, group.Doc))...)
		case *ast.ValueSpec:
			if group.Tok == token.IMPORT || s.Doc != nil || s.Comment != nil || group.Doc != nil {
				continue
			}
			for _, name := range s.Names {
				if name.IsExported() {
					found = append(found, f.find(name.Pos(), name.Name, "%s has no comment", name.Name))
				}
			}
		}
	}
	return found
}

// bareMethods looks at interfaces, whose comments are the contract.
func (f *file) bareMethods(s *ast.TypeSpec, about *ast.CommentGroup) []finding {
	iface, ok := s.Type.(*ast.InterfaceType)
	if !ok {
		return nil
	}
	var found []finding
	for _, m := range iface.Methods.List {
		if len(m.Names) == 0 || m.Doc != nil || m.Comment != nil || wellKnown(m.Names[0].Name) {
			continue
		}
		// The comment on the type may tell of its methods: of the only one, or by name.
		if about != nil && (len(iface.Methods.List) == 1 || strings.Contains(about.Text(), m.Names[0].Name)) {
			continue
		}
		name := s.Name.Name + "." + m.Names[0].Name
		found = append(found, f.find(m.Pos(), name, "method %s has no comment", name))
	}
	return found
}
