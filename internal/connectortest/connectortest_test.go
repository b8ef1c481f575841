package connectortest

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"kefu/internal/connector"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func toyHarness(s sin) Harness {
	return Harness{
		Factory: toyFactory{sin: s},
		Start:   func(t *testing.T, hooks string) *Remote { return newToyRemote(t, hooks).remote() },
		Address: "url",
		Every:   map[string]any{"url": "https://toy.example", "user": "every", "api_key": "every-key-is-secret"},
		Settings: func(c connector.Connector) any {
			if shown, ok := c.(*careless); ok {
				return shown.set
			}
			return c.(*toy).set
		},
		Denied: connector.Permanent, Limit: toyLimit,
		Wrong: map[string]any{"api_key": "not-the-key-at-all"}, WrongWord: "api key",
	}
}

// TestVirtue: what keeps every promise passes.
func TestVirtue(t *testing.T) { Run(t, toyHarness("")) }

// seenBy tells for each sin the check that must see it.
func seenBy() map[sin]string {
	return map[sin]string{
		oneLanguage:   "descriptor is complete",
		hidden:        "every setting is described and counts",
		firstFault:    "unknown settings are all named",
		repeatsValue:  "unknown settings are all named",
		callsEarly:    "new connects to nothing",
		shows:         "printing shows no secret",
		tells:         "a refused connection is retryable",
		logs:          "send delivers and the receipt is complete",
		forgetsParts:  "send delivers and the receipt is complete",
		sendsKnown:    "what is known to have arrived is not sent again",
		cuts:          "a long text is split and nothing is lost",
		keepsNul:      "no U+0000 goes out",
		calls:         "mentions do not ping",
		drops:         "nothing that a content holds is lost",
		sendsBlindly:  "a lost answer does not double",
		stopsShort:    "a split text that broke off goes on where it was",
		findsAlways:   "what did not arrive is sent although unsure",
		countsNothing: "equal messages stay two",
		neverUnsure:   "time out after the body is uncertain",
		noPause:       "429 as data says when",
		givesUp:       "500 as a page is not the end",
		tiresNot:      "a thread that is gone",
		believes:      "a hook is believed by its signature alone",
		keyless:       "the same hook has the same key",
		stranger:      "our own message is known when it comes back",
		marksAgain:    "marking again changes nothing",
		closesOnce:    "closing again changes nothing",
		meddles:       "a probe changes nothing",
		blind:         "a probe names wrong credentials",
		mendless:      "a probe names wrong credentials",
	}
}

const sinning = "KEFU_TEST_SINNING"

// TestSins is run by TestSinsAreSeen, in a process of its own: every one of its tests must fail.
func TestSins(t *testing.T) {
	if os.Getenv(sinning) == "" {
		t.Skip("run by TestSinsAreSeen")
	}
	for s, name := range seenBy() {
		t.Run(string(s), func(t *testing.T) {
			for _, c := range checks() {
				if c.name == name {
					c.run(newKit(t, toyHarness(s)))
				}
			}
		})
	}
}

// TestSinsAreSeen: each sin makes the check fail that is there for it.
func TestSinsAreSeen(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSins$", "-test.v")
	cmd.Env = append(os.Environ(), sinning+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil || strings.Contains(string(out), "panic:") {
		t.Fatalf("%v\n%s", err, out)
	}
	for s, name := range seenBy() {
		if !slices.ContainsFunc(checks(), func(c check) bool { return c.name == name }) {
			t.Errorf("there is no check %q", name)
		}
		if !strings.Contains(string(out), "--- FAIL: TestSins/"+strings.ReplaceAll(string(s), " ", "_")+" (") {
			t.Errorf("a connector that %s passes %q", s, name)
		}
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}
