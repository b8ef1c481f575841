package chatwoot_test

import (
	"errors"
	"fmt"
	"time"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
)

const hookURL = "https://bot.example.com/hook"

func ExampleClient_CreateWebhook() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	hook := some(c.CreateWebhook(ctx, chatwoot.WebhookChange{URL: hookURL, Name: "mine", Subscriptions: []string{chatwoot.EventMessageCreated}}))
	fmt.Println(hook.URL, hook.Secret, hook.Secret.IsZero()) // Reveal gives the text, for VerifySignature
	// Output: https://bot.example.com/hook [secret] false
}

func ExampleClient_Webhooks() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	s.AddWebhook(hookURL, "", chatwoot.EventMessageCreated)
	for _, hook := range some(c.Webhooks(ctx)) {
		fmt.Println(hook.URL, hook.Subscriptions)
	}
	// Output: https://bot.example.com/hook [message_created]
}

func ExampleClient_UpdateWebhook() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	hook := some(c.CreateWebhook(ctx, chatwoot.WebhookChange{URL: hookURL, Subscriptions: []string{chatwoot.EventMessageCreated}}))
	hook = some(c.UpdateWebhook(ctx, hook.ID, chatwoot.WebhookChange{Subscriptions: []string{chatwoot.EventMessageCreated, chatwoot.EventMessageUpdated}}))
	fmt.Println(hook.Subscriptions)
	// Output: [message_created message_updated]
}

func ExampleClient_DeleteWebhook() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	hook := some(c.CreateWebhook(ctx, chatwoot.WebhookChange{URL: hookURL, Subscriptions: []string{chatwoot.EventMessageCreated}}))
	check(c.DeleteWebhook(ctx, hook.ID))
	fmt.Println(len(some(c.Webhooks(ctx))))
	// Output: 0
}

func ExampleClient_CreateAgentBot() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	bot := some(c.CreateAgentBot(ctx, chatwoot.AgentBotChange{Name: "Helper", OutgoingURL: hookURL}))
	check(c.SetAgentBot(ctx, fake.WebInbox, bot.ID)) // from now on conversations of the inbox begin pending
	fmt.Println(bot.Name, bot.AccessToken)
	// Output: Helper [secret]
}

func ExampleClient_AgentBots() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	s.AddBot(hookURL)
	fmt.Println(some(c.AgentBots(ctx))[0].OutgoingURL)
	// Output: https://bot.example.com/hook
}

func ExampleClient_UpdateAgentBot() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	bot := some(c.CreateAgentBot(ctx, chatwoot.AgentBotChange{Name: "Helper"}))
	fmt.Println(some(c.UpdateAgentBot(ctx, bot.ID, chatwoot.AgentBotChange{Description: "answers first"})).Description)
	// Output: answers first
}

func ExampleClient_DeleteAgentBot() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	bot := some(c.CreateAgentBot(ctx, chatwoot.AgentBotChange{Name: "Helper"}))
	check(c.DeleteAgentBot(ctx, bot.ID))
	fmt.Println(len(some(c.AgentBots(ctx))))
	// Output: 0
}

func ExampleClient_SetAgentBot() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	s.AddBot(hookURL, fake.WebInbox)
	check(c.SetAgentBot(ctx, fake.WebInbox, 0)) // takes it away
	fmt.Println(some(c.InboxAgentBot(ctx, fake.WebInbox)))
	// Output: <nil>
}

func ExampleClient_InboxAgentBot() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	bot := some(c.CreateAgentBot(ctx, chatwoot.AgentBotChange{Name: "Helper", OutgoingURL: hookURL}))
	check(c.SetAgentBot(ctx, fake.WebInbox, bot.ID))
	fmt.Println(some(c.InboxAgentBot(ctx, fake.WebInbox)).Name)
	// Output: Helper
}

func ExampleParseEvent() {
	event := some(chatwoot.ParseEvent([]byte(`{"event":"conversation_updated","id":42,"status":"resolved","account":{"id":1},
		"changed_attributes":[{"status":{"previous_value":"open","current_value":"resolved"}}]}`)))
	fmt.Println(event.Name, event.Conversation.ID, event.Conversation.Status, string(event.Changed["status"].Before))
	// Output: conversation_updated 42 resolved "open"
}

func ExampleSign() {
	// A test of what receives your hooks.
	body, timestamp := []byte(`{"event":"message_created"}`), "1700000000"
	header := chatwoot.Sign("secret", timestamp, body)
	late := time.Unix(1_700_000_000, 0).Add(time.Hour)
	err := chatwoot.VerifySignature("secret", timestamp, body, header, late, 5*time.Minute)
	fmt.Println(errors.Is(err, chatwoot.ErrStale))
	// Output: true
}

func ExampleNewSecret() {
	s := chatwoot.NewSecret("s3cret")
	fmt.Printf("%v %+v %q %s\n", s, s, s, s.Reveal())
	// Output: [secret] [secret] [secret] s3cret
}

func ExampleVerifySignature() {
	// In a handler: the headers HeaderTimestamp and HeaderSignature, and the body as it came.
	body, timestamp := []byte(`{"event":"message_created","id":7,"message_type":"incoming","content":"hi"}`), "1700000000"
	header := chatwoot.Sign("the webhook's secret", timestamp, body)

	now := time.Unix(1_700_000_060, 0)
	if err := chatwoot.VerifySignature("the webhook's secret", timestamp, body, header, now, 5*time.Minute); err != nil {
		fmt.Println(err)
		return
	}
	event, err := chatwoot.ParseEvent(body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(event.Name, event.Message.Type, event.Message.Content)
	// Output: message_created incoming hi
}
