package client

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTypesAreTheDocuments holds each type against the served document: no member is missing, and none is made up.
func TestTypesAreTheDocuments(t *testing.T) {
	t.Parallel()
	schemas := documented(t)
	for name, v := range map[string]any{
		"Agent": Agent{}, "AgentFields": AgentChange{}, "AgentPresence": Presence{}, "StatusSource": StatusSource{}, "Identity": Identity{},
		"Team": Team{}, "TeamChange": TeamChange{},
		"Contact": Contact{}, "ContactChange": ContactChange{}, "ContactSession": ContactSession{}, "Erasure": Erasure{},
		"Conversation": Conversation{}, "ConversationChange": ConversationChange{}, "NewConversation": NewConversation{}, "NewPerson": NewPerson{},
		"TicketRef": TicketRef{}, "TransferRequest": Transfer{}, "HandoffRequest": Handoff{}, "ReadState": ReadState{},
		"Message": Message{}, "ArticleCard": ArticleCard{}, "BotAnswer": BotAnswer{}, "BotBasis": BotBasis{}, "NewMessage": NewMessage{}, "Attachment": File{}, "AttachmentRef": AttachmentRef{}, "Delivery": Delivery{}, "Author": Sender{},
		"Choice": Choice{}, "Upload": Attachment{}, "Rating": Rating{}, "ConversationRating": ConversationRating{},
		"Label": Label{}, "LabelChange": LabelChange{}, "CannedResponse": CannedResponse{}, "CannedChange": CannedResponseChange{},
		"InboxView": Inbox{}, "InboxHours": InboxHours{}, "WeekHours": WeekHours{}, "Channel": Channel{}, "ChannelField": ChannelField{},
		"Announcement": Announcement{}, "AnnouncementPost": AnnouncementPost{}, "NewAnnouncement": NewAnnouncement{},
		"AuditEntry": AuditEntry{}, "AuditActor": AuditActor{}, "RoleRights": Role{},
		"NewProgram": Program{}, "ProgramChange": ProgramChange{},
		"Event": Occurrence{}, "EventPage": EventPage{}, "Gap": Gap{}, "SearchHit": Hit{}, "Range": Mark{},
		"Me": Me{}, "MySight": Sight{}, "Ticket": WSTicket{}, "Fault": Fault{},
	} {
		if diff := cmp.Diff(schemas[name], members(reflect.TypeOf(v))); diff != "" {
			t.Errorf("%T and the document's %s (-document +client)\n%s", v, name, diff)
		}
	}
	for name, v := range map[string]any{ // what something is made of has fewer members than its change
		"AgentFields": NewAgent{}, "TeamChange": NewTeam{}, "ContactChange": NewContact{}, "LabelChange": NewLabel{}, "CannedChange": NewCannedResponse{},
		"InboxChange": NewInbox{}, "ProgramChange": NewProgram{}, "Program": ProgramChange{},
	} {
		for _, m := range members(reflect.TypeOf(v)) {
			if !slices.Contains(schemas[name], m) {
				t.Errorf("%T has %s, which the document's %s has not", v, m, name)
			}
		}
	}
}

// documented are the members of each schema of the document.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "docs", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for name, s := range doc.Components.Schemas {
		out[name] = slices.Sorted(maps.Keys(s.Properties))
	}
	return out
}

// members are the names that a struct has in JSON.
func members(of reflect.Type) []string {
	var names []string
	for f := range of.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.Anonymous && name != "-" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
