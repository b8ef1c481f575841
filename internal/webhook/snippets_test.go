package webhook_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/websig"
)

// guide is the page whose code these tests run.
const guide = "../../docs/webhooks.md"

// The two vectors of the contract. They are written out here, not computed: these bytes are what receivers were promised.
const (
	vectorID     = "evt_01HK2V5T8QXJ4M6N7P8R9S0T1V"
	vectorTime   = 1704103205
	vectorSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	vectorBody   = `{"id":"evt_01HK2V5T8QXJ4M6N7P8R9S0T1V","event":"ticket.created","timestamp":"2024-01-01T10:00:00Z","signature":"sha256=87e56be1684636e5ca7680a0b082aed092a512dc4f809214fd1db412ddfac0c0","data":{"ticket_id":"ticket_001","title":"产品咨询","description":"想了解产品价格","priority":"medium","status":"pending","assignee_id":"user_123","customer_email":"customer@example.com","created_at":"2024-01-01T10:00:00Z"}}`
	vectorHeader = "sha256=e67a63969bfc6c0d244e343042f1b26de811759d5ae585a6b7ae2bbf875224c0"
	vectorV1     = "v1,eqNnH1Ej27MsUIShjoOBMKaUdpxQIp+Y14tPQ5AzYEI="
	typedSecret  = "my-shared-secret-0123456789"
	typedBody    = `{"id":"evt_01HK2V5T8QXJ4M6N7P8R9S0T1V","event":"webhook.test","timestamp":"2024-01-01T10:00:00Z","signature":"sha256=0d84710da115c6b014eebb812c3c0c4ce8791905a396a4334fff31a34097cd0e","data":{"message":"测试"}}`
	typedHeader  = "sha256=584eac6d9165c46675f90b1e796c310c0021678d2f07819f075856d224ad9c94"
	typedV1      = "v1,ha4VsheDQ9Ltfz05tqVMDFz0pbG4TEuJ0DM/gdzwfKg="
)

// judged is a request and what the three functions must say of it: Standard Webhooks, header, member.
type judged struct {
	Name    string            `json:"name"`
	Secret  string            `json:"secret"`
	Headers map[string]string `json:"headers"` // names in lower case
	Body    string            `json:"body"`
	Now     int64             `json:"now"`
	want    [3]bool
}

// but changes a case, and what is wanted of it.
func (j judged) but(name string, want [3]bool, edit func(*judged)) judged {
	j.Name, j.Headers, j.want = name, maps.Clone(j.Headers), want
	edit(&j)
	return j
}

func request(name, secret, body, header, v1 string) judged {
	return judged{Name: name, Secret: secret, Body: body, Now: vectorTime + 2, want: [3]bool{true, true, true}, Headers: map[string]string{
		"signature": header, "webhook-id": vectorID, "webhook-timestamp": strconv.Itoa(vectorTime), "webhook-signature": v1}}
}

// signed makes a case out of a payload, by the package that Kefu signs with.
func signed(t *testing.T, name, secret, b0 string) judged {
	t.Helper()
	body, err := websig.Embed(secret, []byte(b0))
	if err != nil {
		t.Fatal(err)
	}
	header, err := websig.BodySignature(secret, body)
	if err != nil {
		t.Fatal(err)
	}
	v1, err := websig.Sign(secret, vectorID, time.Unix(vectorTime, 0), body)
	if err != nil {
		t.Fatal(err)
	}
	return request(name, secret, string(body), header, v1)
}

func cases(t *testing.T) []judged {
	t.Helper()
	v := request("generated secret", vectorSecret, vectorBody, vectorHeader, vectorV1)
	set := func(header, value string) func(*judged) { return func(j *judged) { j.Headers[header] = value } }
	at := func(now int64) func(*judged) { return func(j *judged) { j.Now = now } }
	all, none, untimed := [3]bool{true, true, true}, [3]bool{}, [3]bool{false, true, true}
	return []judged{
		v,
		request("typed secret", typedSecret, typedBody, typedHeader, typedV1),
		signed(t, "secret without its padding", strings.TrimRight(vectorSecret, "="), `{"id":"a","event":"b","timestamp":1704103205,"data":{}}`),
		signed(t, "text that imitates the member", vectorSecret,
			`{"id":"a","event":"b","timestamp":"c","data":{"content":"\"signature\":\"sha256=00\",\u0001 <&> `+"\u2028 😀"+`","custom":{"signature":"mine","x":"y"}}}`),
		v.but("last moment", all, at(vectorTime+300)),
		v.but("first moment", all, at(vectorTime-300)),
		v.but("two signatures, the second of our secret", all, set("webhook-signature", typedV1+" "+vectorV1)),
		v.but("too old", untimed, at(vectorTime+301)),
		v.but("from the future", untimed, at(vectorTime-301)),
		v.but("another time than was signed", untimed, set("webhook-timestamp", strconv.Itoa(vectorTime+1))),
		v.but("another id than was signed", untimed, set("webhook-id", "evt_other")),
		v.but("no number for a time", untimed, set("webhook-timestamp", "soon")),
		v.but("strange digits for a time", untimed, set("webhook-timestamp", "²")),
		v.but("endless time", untimed, set("webhook-timestamp", strings.Repeat("9", 5000))),
		v.but("a part of the signature", untimed, set("webhook-signature", vectorV1[:10])),
		v.but("no ASCII in the signature", untimed, set("webhook-signature", "v1,é")),
		v.but("no headers at all", [3]bool{false, false, true}, func(j *judged) { j.Headers = map[string]string{} }),
		v.but("the member's value in the header", [3]bool{true, false, true}, set("signature",
			"sha256=87e56be1684636e5ca7680a0b082aed092a512dc4f809214fd1db412ddfac0c0")),
		v.but("another body", none, func(j *judged) { j.Body = strings.Replace(j.Body, "medium", "urgent", 1) }),
		v.but("one byte more", none, func(j *judged) { j.Body += "\n" }),
		v.but("written anew, with spaces", none, func(j *judged) { j.Body = strings.Replace(j.Body, `,"data":{`, `, "data": {`, 1) }),
		v.but("another secret", none, func(j *judged) { j.Secret = typedSecret }),
		v.but("no member", none, func(j *judged) { j.Body = `{"id":"a"}` }),
		v.but("an empty body", none, func(j *judged) { j.Body = "" }),
	}
}

// TestSnippets runs what docs/webhooks.md tells receivers to copy, in each language that is on this machine.
func TestSnippets(t *testing.T) {
	t.Parallel()
	for _, lang := range []struct {
		name, file, driver string
		run                []string // interpreter and arguments, in the folder of both files
		version            []string
	}{
		{"Go", "verify.go", "driver.go", []string{"go", "run", "verify.go", "driver.go"}, []string{"version"}},
		{"Python", "verify.py", "driver.py", []string{"python3", "driver.py"}, []string{"--version"}},
		{"JavaScript", "verify.js", "driver.js", []string{"node", "driver.js"}, []string{"--version"}},
		{"PHP", "verify.php", "driver.php", []string{"php", "driver.php"}, []string{"--version"}},
	} {
		t.Run(lang.name, func(t *testing.T) {
			t.Parallel()
			interpreter(t, lang.run[0], lang.version...)
			dir := t.TempDir()
			extract(t, dir, lang.file)
			driver, err := os.ReadFile(filepath.Join("testdata", "snippets", lang.driver))
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, lang.driver), driver, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			judge(t, dir, lang.run)
		})
	}
}

// judge gives all cases to a driver and compares what it says of each.
func judge(t *testing.T, dir string, run []string) {
	t.Helper()
	given := cases(t)
	in, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), run[0], run[1:]...)
	var out, complaint bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, bytes.NewReader(in), &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", run, err, complaint.String())
	}
	said := json.NewDecoder(&out)
	for _, c := range given {
		var got [3]bool
		if err := said.Decode(&got); err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: standard, header, member: %s", c.Name, d)
		}
	}
}

// interpreter logs which one runs, or skips the test in words that cannot be overlooked.
func interpreter(t *testing.T, name string, version ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s NOT TESTED: there is no %q on this machine; install it to run the code of docs/webhooks.md", strings.ToUpper(name), name)
	}
	out, err := exec.CommandContext(t.Context(), path, version...).Output()
	if err != nil {
		t.Fatalf("%s does not tell its version: %v", path, err)
	}
	first, _, _ := strings.Cut(string(out), "\n")
	t.Logf("%s: %s", path, first)
}

var imports = regexp.MustCompile(`(?s)import \(.*?\n\)\n`)

// extract cuts a named piece of code out of the guide, writes it to a file and holds it to forty lines.
func extract(t *testing.T, dir, name string) {
	t.Helper()
	page, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), " "+name+"\n")
	code, _, closed := strings.Cut(rest, "\n```")
	if !found || !closed {
		t.Fatalf("%s has no code that is named %s", guide, name)
	}
	if n := strings.Count(imports.ReplaceAllString(code, ""), "\n") + 1; n > 40 {
		t.Errorf("%s has %d lines, which is more than anybody copies; at most 40 besides the imports", name, n)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(code+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestReceiver runs the receiver of the guide: it takes what is signed, refuses what is not, breaks and is mended by a file.
func TestReceiver(t *testing.T) {
	interpreter(t, "python3", "--version")
	dir := t.TempDir()
	extract(t, dir, "verify.py")
	extract(t, dir, "receiver.py")
	address, said := receive(t, dir)

	broken := filepath.Join(dir, "broken")
	for _, step := range []struct {
		secret string
		breaks bool
		want   int
		says   string
	}{
		{typedSecret, false, http.StatusUnauthorized, "new"},
		{vectorSecret, true, http.StatusInternalServerError, "new"},
		{vectorSecret, false, http.StatusNoContent, "new"},
		{vectorSecret, false, http.StatusNoContent, "again, nothing to do"},
	} {
		if _, err := os.Stat(broken); (err == nil) != step.breaks {
			toggle(t, broken, step.breaks)
		}
		if got := post(t, address, step.secret); got != step.want {
			t.Errorf("status %d, want %d", got, step.want)
		}
		line, err := said.ReadString('\n')
		if want := strconv.Itoa(step.want) + " ticket.created " + vectorID + " " + step.says + "\n"; err != nil || line != want {
			t.Errorf("it said %q, %v; want %q", line, err, want)
		}
	}
}

func toggle(t *testing.T, file string, there bool) {
	t.Helper()
	err := os.Remove(file)
	if there {
		err = os.WriteFile(file, nil, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// receive starts the receiver on a free port and gives its address and what it says.
func receive(t *testing.T, dir string) (address string, said *bufio.Reader) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "python3", "receiver.py")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "SECRET="+vectorSecret, "PORT=0")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	said = bufio.NewReader(out)
	line, err := said.ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSpace(line), "waiting at ")
	if err != nil || !found {
		t.Fatalf("it said %q, %v", line, err)
	}
	return address, said
}

// post sends the first vector's body as Kefu would now, and gives the status of the answer.
func post(t *testing.T, address, secret string) int {
	t.Helper()
	now := time.Now()
	v1, err := websig.Sign(secret, vectorID, now, []byte(vectorBody))
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(vectorBody))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Webhook-Event", "ticket.created")
	r.Header.Set("webhook-id", vectorID)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("webhook-signature", v1)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}
