package api

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/webhook"
)

// deliveryRoutes are the log of outgoing webhooks, and what a person does with it.
func (s *server) deliveryRoutes() []operation {
	return under("Webhooks",
		act("/webhooks/{id}/test", "webhooks:write", "testWebhook", "Test a webhook endpoint", s.testWebhook).
			about("Sends webhook.test at once, one attempt, also to an endpoint that is disabled, and answers with what it came to. It is logged, and "+
				"does not count for the endpoint's health."),
		post("/webhooks/{id}/replay", "webhooks:write", "replayWebhook", "Send an endpoint many events again", s.replayWebhook).
			about("Goes on by itself, little by little, until all that there is now was looked at: each event once, with the webhook-id that it had. "+
				"One runs at a time for each endpoint."),
		list("/webhook-deliveries", "webhooks:read", "listWebhookDeliveries", "List webhook deliveries", s.listWebhookDeliveries).
			about("Newest first."),
		get("/webhook-deliveries/{id}", "webhooks:read", "getWebhookDelivery", "Read a webhook delivery", s.getWebhookDelivery).
			about("With every attempt, and what is sent."),
		post("/webhook-deliveries/{id}/retry", "webhooks:write", "retryWebhookDelivery", "Send a webhook delivery again", s.retryWebhookDelivery).
			about("Makes a new delivery with a schedule of its own; its webhook-id is that of the event, so that receivers know it again."),
		act("/webhook-deliveries/retry", "webhooks:write", "retryWebhookDeliveries", "Send a selection of webhook deliveries again",
			s.retryWebhookDeliveries).about("What cannot be sent again says why, and holds up no other."),
		list("/webhook-replays", "webhooks:read", "listWebhookReplays", "List replays", s.listWebhookReplays).about("Newest first."),
		get("/webhook-replays/{id}", "webhooks:read", "getWebhookReplay", "Read a replay", s.getWebhookReplay),
		del("/webhook-replays/{id}", "webhooks:write", "cancelWebhookReplay", "Cancel a replay", s.cancelWebhookReplay).
			about("What it has made is sent all the same. One that has ended stays as it is."),
	)
}

type webhookReplay struct {
	ByID
	Body *webhook.ReplayRequest
}

type deliveryList struct {
	Paging

	Endpoint string             `query:"endpoint_id" maxLength:"200" doc:"Only to this endpoint."`
	State    kefu.DeliveryState `query:"state" enum:"queued,sending,delivered,failed,skipped" doc:"Only in this state."`
	Event    string             `query:"event" maxLength:"100" doc:"Only events of this type."`
	EventID  string             `query:"event_id" maxLength:"200" doc:"Only of this event."`
	Cause    kefu.WebhookCause  `query:"cause" enum:"event,retry,replay,test" doc:"Only those with this cause."`
	Since    time.Time          `query:"since" doc:"Only those made at this time or later."`
	Until    time.Time          `query:"until" doc:"Only those made before this time."`
}

type deliveryRetries struct {
	Body struct {
		IDs []string `json:"ids" minItems:"1" maxItems:"200" doc:"Deliveries to send again, 1 to 200."`
	}
}

type replayList struct {
	Paging

	Endpoint string `query:"endpoint_id" maxLength:"200" doc:"Only of this endpoint."`
}

func (s *server) testWebhook(ctx context.Context, in *ByID) (webhook.WebhookLog, error) {
	return s.Webhooks.Test(ctx, ask(ctx), kefu.EndpointID(in.ID))
}

func (s *server) replayWebhook(ctx context.Context, in *webhookReplay) (webhook.WebhookReplay, error) {
	var what webhook.ReplayRequest
	if in.Body != nil {
		what = *in.Body
	}
	return s.Webhooks.Replay(ctx, ask(ctx), kefu.EndpointID(in.ID), what)
}

func (s *server) listWebhookDeliveries(ctx context.Context, in *deliveryList) (kefu.List[webhook.WebhookDelivery], error) {
	return s.Webhooks.Deliveries(ctx, caller(ctx), webhook.DeliveryQuery{EndpointID: kefu.EndpointID(in.Endpoint), State: in.State, Event: in.Event,
		EventID: kefu.EventID(in.EventID), Cause: in.Cause, Since: in.Since, Until: in.Until}, in.page())
}

func (s *server) getWebhookDelivery(ctx context.Context, in *ByID) (webhook.WebhookLog, error) {
	return s.Webhooks.Delivery(ctx, caller(ctx), in.ID)
}

func (s *server) retryWebhookDelivery(ctx context.Context, in *ByID) (webhook.WebhookDelivery, error) {
	return s.Webhooks.Retry(ctx, ask(ctx), in.ID)
}

func (s *server) retryWebhookDeliveries(ctx context.Context, in *deliveryRetries) (webhook.RetryResults, error) {
	return s.Webhooks.RetryMany(ctx, ask(ctx), in.Body.IDs)
}

func (s *server) listWebhookReplays(ctx context.Context, in *replayList) (kefu.List[webhook.WebhookReplay], error) {
	return s.Webhooks.Replays(ctx, caller(ctx), kefu.EndpointID(in.Endpoint), in.page())
}

func (s *server) getWebhookReplay(ctx context.Context, in *ByID) (webhook.WebhookReplay, error) {
	return s.Webhooks.ReplayOf(ctx, caller(ctx), in.ID)
}

func (s *server) cancelWebhookReplay(ctx context.Context, in *ByID) error {
	return s.Webhooks.CancelReplay(ctx, ask(ctx), in.ID)
}
