package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/connector"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	s, err := parseSettings(json.RawMessage(`{"token":"t0ken","guild_id":1200000000000000000,"agent_roles":["1","2","1"],"ticket_categories":"3, 4",
		"community":{"bug_channel":"5"},"transcript_channel":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if s.guildID != "1200000000000000000" || !slices.Equal(s.agentRoles, []string{"1", "2"}) || !slices.Equal(s.ticketCategories, []string{"3", "4"}) ||
		s.talk != talkRelay || s.onClose != onCloseDelete || s.apiURL != defaultAPI {
		t.Errorf("%+v", s)
	}
	if strings.Contains(fmt.Sprint(s.token)+fmt.Sprintf("%+v", s.token), "t0ken") {
		t.Error("settings print the token")
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Factory{}.New(connector.Inbox{Settings: json.RawMessage(`{"token":"","guild_id":"s3cret","agent_roles":["x"],"talk":"loud","on_close":"burn",
		"api_url":"ftp://u:p@h","colour":"red"}`)}, connector.Deps{Log: slog.New(slog.DiscardHandler)})
	var e *kefu.Error
	if !errors.As(err, &e) || e.Kind != kefu.KindInvalid {
		t.Fatalf("error %v", err)
	}
	var named []string
	for _, f := range e.Faults {
		named = append(named, f.Field)
	}
	slices.Sort(named)
	if want := []string{"agent_roles[0]", "api_url", "colour", "guild_id", "on_close", "talk", "token"}; !slices.Equal(named, want) {
		t.Errorf("faults %v, want %v", named, want)
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Error("the error repeats a value")
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	d := Factory{}.Describe()
	if d.Kind != Kind || !d.Desk || len(d.Fields) != 9 {
		t.Errorf("%+v", d)
	}
	for _, f := range d.Fields {
		if len(f.Label) != languages || f.Doc == "" || f.Secret() != (f.Name == "token") {
			t.Errorf("field %+v", f)
		}
	}
	c, err := Factory{}.New(connector.Inbox{Settings: json.RawMessage(`{"token":"t","guild_id":"1"}`)}, connector.Deps{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	can := connector.AbilitiesOf(c)
	if can.Listener == nil || can.Opener == nil || can.StatusSender == nil || can.Marker == nil || can.Changer == nil || can.Backfiller == nil ||
		can.Prober == nil || can.Reporter == nil || can.Receiver != nil || can.Comparer != nil || can.Enricher != nil {
		t.Errorf("abilities %+v", can)
	}
}
