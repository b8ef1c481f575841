package api

import (
	"context"

	"kefu"
	"kefu/internal/switchboard"
	"kefu/internal/webhook"
)

// webhookRoutes are the endpoints of outgoing webhooks. What was sent to them is with the deliveries.
func (s *server) webhookRoutes() []operation {
	return under("Webhooks",
		list("/webhooks", "webhooks:read", "listWebhooks", "List webhook endpoints", s.listWebhooks).about("Oldest first."),
		post("/webhooks", "webhooks:write", "createWebhook", "Create a webhook endpoint", s.createWebhook).
			about("The answer holds the signing secret, which is shown this once."),
		get("/webhooks/{id}", "webhooks:read", "getWebhook", "Read a webhook endpoint", s.getWebhook),
		put("/webhooks/{id}", "webhooks:write", "updateWebhook", "Change a webhook endpoint", s.updateWebhook).
			about("Passwords, tokens and values of headers that are not given stay, as long as the address stays on the same host."),
		del("/webhooks/{id}", "webhooks:write", "deleteWebhook", "Delete a webhook endpoint", s.deleteWebhook).
			about("Nothing is sent to it any more. Its log stays for as long as any."),
		act("/webhooks/{id}/rotate", "webhooks:write", "rotateWebhook", "Prepare another signing secret", s.rotateWebhook).
			about("The answer holds the new secret, which is shown this once. It signs beside the one in force until it is promoted: give it to the "+
				"receiver, then promote it. Asked again, it takes the place of the one that was prepared."),
		act("/webhooks/{id}/promote", "webhooks:write", "promoteWebhook", "Put the prepared secret in force", s.promoteWebhook).
			about("The secret that was in force signs beside it for another 24 hours, in webhook-signature only."),
	)
}

type webhookCreate struct{ Body webhook.EndpointChange }

type webhookUpdate struct {
	ByID
	Body webhook.EndpointChange
}

type webhookRotate struct {
	ByID
	Body *webhook.SecretChange
}

func (s *server) listWebhooks(ctx context.Context, in *Paging) (switchboard.List[webhook.Endpoint], error) {
	return s.Webhooks.Endpoints(ctx, caller(ctx), in.page())
}

func (s *server) createWebhook(ctx context.Context, in *webhookCreate) (webhook.NewEndpoint, error) {
	return s.Webhooks.CreateEndpoint(ctx, ask(ctx), in.Body)
}

func (s *server) getWebhook(ctx context.Context, in *ByID) (webhook.Endpoint, error) {
	return s.Webhooks.Endpoint(ctx, caller(ctx), kefu.EndpointID(in.ID))
}

func (s *server) updateWebhook(ctx context.Context, in *webhookUpdate) (webhook.Endpoint, error) {
	return s.Webhooks.UpdateEndpoint(ctx, ask(ctx), kefu.EndpointID(in.ID), in.Body)
}

func (s *server) deleteWebhook(ctx context.Context, in *ByID) error {
	return s.Webhooks.DeleteEndpoint(ctx, ask(ctx), kefu.EndpointID(in.ID))
}

func (s *server) rotateWebhook(ctx context.Context, in *webhookRotate) (webhook.NewEndpoint, error) {
	var with webhook.SecretChange
	if in.Body != nil {
		with = *in.Body
	}
	return s.Webhooks.RotateEndpoint(ctx, ask(ctx), kefu.EndpointID(in.ID), with)
}

func (s *server) promoteWebhook(ctx context.Context, in *ByID) (webhook.Endpoint, error) {
	return s.Webhooks.PromoteEndpoint(ctx, ask(ctx), kefu.EndpointID(in.ID))
}
