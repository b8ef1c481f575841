package archtest

import (
	"go/token"
	"strings"
)

// library says where an import may stand in production code.
type library struct {
	prefix string
	places []string
	why    string
}

func libraries() []library {
	drivers := "only sqldb imports drivers: everything else speaks the one SQL through it"
	testsOnly := "it is for tests only and must not reach the binary"
	// The bench has a bare baseline beside Kefu, which must not pass through what it is compared with.
	engines := []string{"internal/sqldb", "internal/storetest", "internal/pgcluster", "internal/bench"}
	return []library{
		{"modernc.org", engines, drivers},
		{"github.com/jackc", engines, drivers},
		{"github.com/pressly/goose", []string{"internal/sqldb"}, "migrations run through sqldb.Migrate"},
		{"database/sql", append([]string{"internal/store"}, engines...), "only store contains SQL, only sqldb opens databases"},
		{"github.com/nats-io", []string{"internal/bus/natsbus"}, "the broker is one implementation of bus"},
		{"github.com/spf13/cobra", []string{"cmd/kefu"}, "the command line belongs to main"},
		{"github.com/caarlos0/env", []string{"internal/config"}, "only config reads the environment"},
		{"github.com/bwmarrin/discordgo", nil, "it is a stranger that our fake Discord must satisfy, never our client (docs/decisions/0006)"},
		{"github.com/twilio/twilio-go", nil, "it is the oracle of our tests, never our client: it knows no contexts"},
		{"github.com/google/go-cmp", nil, testsOnly},
		{"go.uber.org/goleak", nil, testsOnly},
		{"pgregory.net/rapid", nil, testsOnly},
		{"github.com/rogpeppe/go-internal", nil, testsOnly},
	}
}

// suites are the packages that may import testing outside test files: they are called by tests with a *testing.T. The fakes are not
// among them, because they ship in the binary.
func suites() []string {
	return []string{"internal/storetest", "internal/bustest", "internal/connectortest", "internal/e2e", "internal/archtest"}
}

// readers may ask the environment for settings.
func readers() []string {
	return []string{"cmd/kefu", "internal/app", "internal/config", "internal/demo", "examples"}
}

func importRules() []rule {
	return []rule{
		{
			name:  "libraries stay where they belong",
			why:   "a library that is known in one place can be replaced in one place",
			check: checkLibraries,
			refuse: []string{
				"-- internal/store/a.go --\npackage store\nimport _ \"modernc.org/sqlite\"\n",
				"-- internal/bus/a.go --\npackage bus\nimport _ \"github.com/jackc/pgx/v5\"\n",
				"-- internal/switchboard/a.go --\npackage switchboard\nimport _ \"database/sql\"\n",
				"-- internal/discord/a.go --\npackage discord\nimport _ \"github.com/bwmarrin/discordgo\"\n",
				"-- internal/app/a.go --\npackage app\nimport _ \"go.uber.org/goleak\"\n",
			},
			accept: []string{
				"-- internal/sqldb/a.go --\npackage sqldb\nimport _ \"modernc.org/sqlite\"\n",
				"-- internal/store/a.go --\npackage store\nimport _ \"database/sql\"\n",
				"-- internal/fake/discord/a_test.go --\npackage discord\nimport _ \"github.com/bwmarrin/discordgo\"\n",
			},
		},
		{
			name:  "no testing in production",
			why:   "importing testing puts its flags and its weight into the program",
			check: checkTesting,
			refuse: []string{
				"-- internal/sqldb/a.go --\npackage sqldb\nimport _ \"testing\"\n",
				"-- internal/fake/discord/a.go --\npackage discord\nimport _ \"testing/synctest\"\n",
				"-- internal/api/a.go --\npackage api\nimport _ \"net/http/httptest\"\n",
			},
			accept: []string{
				"-- internal/sqldb/a_test.go --\npackage sqldb\nimport _ \"testing\"\n",
				"-- internal/storetest/a.go --\npackage storetest\nimport _ \"testing\"\n",
			},
		},
		{
			name:  "configuration is read in one place",
			why:   "a setting that is read where it is used cannot be checked, printed or documented",
			check: checkEnvironment,
			refuse: []string{
				"-- internal/store/a.go --\npackage store\nimport \"os\"\nvar _ = os.Getenv(\"X\")\n",
				"-- internal/connect/discord/a.go --\npackage discord\nimport o \"os\"\nfunc f() { o.LookupEnv(\"X\") }\n",
			},
			accept: []string{
				"-- internal/config/a.go --\npackage config\nimport \"os\"\nvar _ = os.Getenv(\"X\")\n",
				"-- internal/store/a_test.go --\npackage store\nimport \"os\"\nvar _ = os.Getenv(\"X\")\n",
				"-- internal/vault/a.go --\npackage vault\nimport \"os\"\nfunc f() { os.Open(\"x\") }\n",
			},
		},
	}
}

func checkLibraries(p *pkg) []finding {
	var found []finding
	for _, f := range p.production() {
		for i, name := range f.imports() {
			for _, lib := range libraries() {
				if !under(name, lib.prefix) || under(p.path, lib.places...) || (isTestFloor(p.path) && lib.places == nil) {
					continue
				}
				found = append(found, f.find(f.ast.Imports[i].Pos(), name, "%s imports %s: %s", p.path, name, lib.why))
			}
		}
	}
	return found
}

func isTestFloor(name string) bool {
	f, ok := floorOf(name)
	return ok && f == testFloor
}

func checkTesting(p *pkg) []finding {
	if under(p.path, suites()...) {
		return nil
	}
	var found []finding
	for _, f := range p.production() {
		for i, name := range f.imports() {
			// The fakes are real servers; httptest is the testing package's, and brings its flags along.
			if under(name, "testing") || name == "net/http/httptest" {
				found = append(found, f.find(f.ast.Imports[i].Pos(), name, "%s imports %s", p.path, name))
			}
		}
	}
	return found
}

func checkEnvironment(p *pkg) []finding {
	if under(p.path, readers()...) || isTestFloor(p.path) {
		return nil
	}
	var found []finding
	for _, f := range p.production() {
		f.selectors("os", func(at token.Pos, name string) {
			if strings.HasSuffix(name, "env") || strings.HasSuffix(name, "Env") || name == "Environ" {
				found = append(found, f.find(at, "os."+name, "os.%s outside app, cmd, config, demo and examples", name))
			}
		})
	}
	return found
}
