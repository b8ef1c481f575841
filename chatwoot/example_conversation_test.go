package chatwoot_test

import (
	"errors"
	"fmt"
	"time"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
)

func ExampleClient_Conversation() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	conv := some(c.Conversation(ctx, 1))
	fmt.Println(conv.ID, conv.Status, conv.Meta.Sender.Name)
	// Output: 1 open Lin
}

func ExampleClient_Conversations() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	check(s.Label(1, fake.Agent, "vip"))
	query := chatwoot.ConversationQuery{Status: "all", InboxID: fake.APIInbox, UpdatedWithin: 10 * time.Minute}
	for conv, err := range c.Conversations(ctx, query) { // what changed lately
		check(err)
		fmt.Println(conv.ID, conv.Labels)
	}
	// Output: 1 [vip]
}

func ExampleClient_FilterConversations() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	some(c.CreateAttributeDefinition(ctx, chatwoot.AttributeDefinition{Key: "ticket", Name: "Ticket", Model: chatwoot.ConversationAttribute}))
	check(c.SetCustomAttributes(ctx, 1, chatwoot.Attributes{"ticket": "T-1"}))
	for conv, err := range c.FilterConversations(ctx, chatwoot.Condition{Attribute: "ticket", Operator: "equal_to", Values: []string{"T-1"}, CustomType: "conversation_attribute"}) {
		check(err)
		fmt.Println(conv.ID)
	}
	// Output: 1
}

func ExampleClient_CreateConversation() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	chen := some(c.CreateContact(ctx, chatwoot.NewContact{InboxID: fake.APIInbox, Name: "Chen", Identifier: "customer-8"}))
	conv := some(c.CreateConversation(ctx, chatwoot.NewConversation{
		SourceID: chen.ContactInboxes[0].SourceID, InboxID: fake.APIInbox, ContactID: chen.ID, CustomAttributes: chatwoot.Attributes{"ticket": "T-2"},
	}))
	fmt.Println(conv.ID, conv.Meta.Sender.Name, conv.CustomAttributes.Text("ticket"))
	// Output: 2 Chen T-2
}

func ExampleClient_SetStatus() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	check(c.SetStatus(ctx, 1, chatwoot.Snoozed, time.Date(2030, 1, 2, 9, 0, 0, 0, time.UTC)))
	conv := some(c.Conversation(ctx, 1))
	fmt.Println(conv.Status, conv.SnoozedUntil.Format(time.DateOnly))
	check(c.SetStatus(ctx, 1, chatwoot.Resolved, time.Time{}))
	// Output: snoozed 2030-01-02
}

func ExampleClient_SetPriority() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	check(c.SetPriority(ctx, 1, chatwoot.Urgent))
	fmt.Println(some(c.Conversation(ctx, 1)).Priority)
	// Output: urgent
}

func ExampleClient_SetTyping() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	check(c.SetTyping(ctx, 1, true, false))
	fmt.Println("the customer sees the three dots")
	// Output: the customer sees the three dots
}

func ExampleClient_SetCustomAttributes() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	check(c.SetCustomAttributes(ctx, 1, chatwoot.Attributes{"ticket": "T-1", "shop": "tw"}))
	check(c.SetCustomAttributes(ctx, 1, chatwoot.Attributes{"ticket": "T-2"})) // all others are gone
	fmt.Println(some(c.Conversation(ctx, 1)).CustomAttributes)
	// Output: map[ticket:T-2]
}

func ExampleClient_MergeCustomAttributes() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	check(c.SetCustomAttributes(ctx, 1, chatwoot.Attributes{"shop": "tw"}))
	check(c.MergeCustomAttributes(ctx, 1, chatwoot.Attributes{"ticket": "T-1"}))
	fmt.Println(some(c.Conversation(ctx, 1)).CustomAttributes)
	// Output: map[shop:tw ticket:T-1]
}

func ExampleClient_AssignTeam() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	fmt.Println(some(c.AssignTeam(ctx, 1, fake.TeamID)).Name)
	// Output: returns
}

func ExampleClient_Unassign() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	some(c.Assign(ctx, 1, fake.Agent2))
	check(c.Unassign(ctx, 1))
	fmt.Println(some(c.Conversation(ctx, 1)).Meta.Assignee)
	// Output: <nil>
}

func ExampleClient_Labels() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	check(s.Label(1, fake.Agent, "vip"))
	fmt.Println(some(c.Labels(ctx, 1)))
	// Output: [vip]
}

func ExampleClient_SetLabels() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	some(c.SetLabels(ctx, 1, "vip", "refund"))
	fmt.Println(some(c.SetLabels(ctx, 1, "done"))) // the others are gone
	// Output: [done]
}

func ExampleClient_RemoveLabels() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	some(c.SetLabels(ctx, 1, "vip", "refund"))
	fmt.Println(some(c.RemoveLabels(ctx, 1, "refund")))
	// Output: [vip]
}

func ExampleClient_AddLabels() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	for _, label := range []string{"vip", "refund"} {
		labels, err := c.AddLabels(ctx, 1, label)
		fmt.Println(labels, err)
	}
	// Output:
	// [vip] <nil>
	// [vip refund] <nil>
}

func ExampleClient_Assign() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	_, err := c.Assign(ctx, 1, 999)
	var refused *chatwoot.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.Status, refused.Code)
	}
	// Output: 200 unknown_assignee
}
