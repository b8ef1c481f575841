package client

import (
	"maps"
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
		"Form": Form{}, "NewForm": NewForm{}, "FormField": FormField{}, "FormAnswer": FormAnswer{}, "AnswerValue": FormValue{}, "NewAnswer": NewAnswer{},
		"Message": Message{}, "NewMessage": NewMessage{}, "Attachment": File{}, "AttachmentRef": AttachmentRef{}, "Delivery": Delivery{}, "Author": Sender{},
		"Choice": Choice{}, "Upload": Attachment{}, "Rating": Rating{}, "ConversationRating": ConversationRating{},
		"MadeTicket": Ticket{}, "TicketSync": TicketSync{}, "TicketSynced": TicketSynced{}, "TicketStep": TicketStep{},
		"Article": Article{}, "ArticleChange": ArticleChange{}, "Hit": ArticleHit{}, "Collection": Collection{}, "CollectionChange": CollectionChange{},
		"Question": Question{}, "Answer": Answer{}, "Suggestion": Suggestion{},
		"Label": Label{}, "LabelChange": LabelChange{}, "CannedResponse": CannedResponse{}, "CannedChange": CannedResponseChange{},
		"InboxView": Inbox{}, "InboxHours": InboxHours{}, "WeekHours": WeekHours{}, "Channel": Channel{}, "ChannelField": ChannelField{},
		"Announcement": Announcement{}, "AnnouncementPost": AnnouncementPost{}, "NewAnnouncement": NewAnnouncement{},
		"NewEndpoint": Webhook{}, "EndpointChange": NewWebhook{}, "AuthenticationChange": WebhookAuth{}, "HeaderChange": WebhookHeader{},
		"Rotation": WebhookRotation{}, "Health": WebhookHealth{}, "WebhookEventType": WebhookEventType{}, "WebhookDelivery": WebhookDelivery{},
		"WebhookLog": WebhookLog{}, "WebhookAttempt": WebhookAttempt{}, "RetryResult": WebhookRetry{}, "WebhookReplay": WebhookReplay{},
		"ReplayRequest": NewWebhookReplay{}, "Alert": Alert{},
		"AuditEntry": AuditEntry{}, "AuditActor": AuditActor{}, "RoleRights": Role{},
		"NewProgram": Program{}, "ProgramChange": ProgramChange{},
		"Event": Occurrence{}, "EventPage": EventPage{}, "Gap": Gap{}, "SearchHit": Hit{}, "Range": Mark{},
		"Me": Me{}, "MySight": Sight{}, "Ticket": WSTicket{}, "Fault": Fault{},
	} {
		if diff := cmp.Diff(schemas[name], members(reflect.TypeOf(v))); diff != "" {
			t.Errorf("%T and the document's %s (-document +client)\n%s", v, name, diff)
		}
	}
	for _, v := range []struct {
		schema string
		of     any
		lacks  []string // members of the schema that it has no use for
	}{
		{"AgentFields", NewAgent{}, []string{"active"}}, // it is
		{"TeamChange", NewTeam{}, nil},
		{"ContactChange", NewContact{}, []string{"blocked"}}, // nobody is to begin with
		{"LabelChange", NewLabel{}, nil},
		{"CannedChange", NewCannedResponse{}, nil},
		{"InboxChange", NewInbox{}, nil},
		{"InboxChange", InboxChange{}, []string{"channel", "id"}}, // they never change
		{"ProgramChange", NewProgram{}, []string{"bound"}},        // by its inboxes and teams
		{"NewTicket", NewTicket{}, []string{"content"}},           // another name for description
		{"TicketChange", TicketChange{}, []string{"content"}},     // another name for description
		{"ArticleChange", NewArticle{}, nil},
		{"CollectionChange", NewCollection{}, nil},
		{"EndpointChange", WebhookChange{}, []string{"secret"}}, // Rotate changes it
	} {
		if diff := cmp.Diff(schemas[v.schema], slices.Sorted(slices.Values(append(members(reflect.TypeOf(v.of)), v.lacks...)))); diff != "" {
			t.Errorf("%T and the document's %s (-document +client)\n%s", v.of, v.schema, diff)
		}
	}
}

// documented are the members of each schema of the document.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for name, s := range readDocument(t).Components.Schemas {
		out[name] = slices.Sorted(maps.Keys(s.Properties))
	}
	return out
}

// members are the names that a struct has in JSON.
func members(of reflect.Type) []string {
	var names []string
	for f := range of.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			names = append(names, members(f.Type)...)
		case name != "-":
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
