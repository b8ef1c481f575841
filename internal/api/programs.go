package api

import (
	"context"
	"slices"

	"kefu/internal/auth"
)

// programRoutes are the credentials of programs: three kinds with the same calls.
func (s *server) programRoutes() []operation {
	return slices.Concat(
		s.programsOf("API keys", "/api-keys", "api-keys", "APIKey", "an API key", auth.KindKey),
		s.programsOf("Signing keys", "/signing-keys", "signing-keys", "SigningKey", "a signing key", auth.KindSigning),
		s.programsOf("OAuth2 clients", "/oauth-clients", "oauth-clients", "OAuthClient", "an OAuth2 client", auth.KindOAuth),
	)
}

type programCreate struct{ Body auth.ProgramChange }

type programUpdate struct {
	ByID
	Body auth.ProgramChange
}

func (s *server) programsOf(tag, path, resource, name, what string, kind auth.ProgramKind) []operation {
	read, write := resource+":read", resource+":write"
	return under(tag,
		list(path, read, "list"+name+"s", "List "+resource, func(ctx context.Context, in *Paging) (auth.List[auth.Program], error) {
			return s.Accounts.Programs(ctx, caller(ctx), kind, auth.Paging{Cursor: in.Cursor, Limit: in.Limit})
		}).about("The revoked ones too, oldest first."),
		post(path, write, "create"+name, "Make "+what, func(ctx context.Context, in *programCreate) (auth.NewProgram, error) {
			return s.Accounts.CreateProgram(ctx, ask(ctx), kind, in.Body)
		}).about("The answer holds the secret, which is shown this once. Nobody can give more rights than they have."),
		get(path+"/{id}", read, "get"+name, "Read "+what, func(ctx context.Context, in *ByID) (auth.Program, error) {
			return s.Accounts.Program(ctx, caller(ctx), kind, in.ID)
		}),
		put(path+"/{id}", write, "update"+name, "Change "+what, func(ctx context.Context, in *programUpdate) (auth.Program, error) {
			return s.Accounts.UpdateProgram(ctx, ask(ctx), kind, in.ID, in.Body)
		}),
		act(path+"/{id}/rotate", write, "rotate"+name, "Give "+what+" another secret", func(ctx context.Context, in *ByID) (auth.NewProgram, error) {
			return s.Accounts.RotateProgram(ctx, ask(ctx), kind, in.ID)
		}).about("The old secret is worthless at once."),
		del(path+"/{id}", write, "revoke"+name, "Revoke "+what, func(ctx context.Context, in *ByID) error {
			return s.Accounts.RevokeProgram(ctx, ask(ctx), kind, in.ID)
		}).about("It ends for good, with its open lines; its line in the list stays."),
	)
}
