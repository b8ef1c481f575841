package api

import (
	"context"

	"kefu/internal/auth"
)

// loginRoutes are how an agent comes in. None of them heeds an Idempotency-Key: what they take and give is not kept.
func (s *server) loginRoutes() []operation {
	return under("Login",
		act("/auth/login", open, "login", "Log in as an agent", s.login).
			about("Gives a short access token and a refresh token. Tries are throttled for each account and each address."),
		act("/auth/refresh", open, "refresh", "Exchange a refresh token", s.refresh).
			about("Each refresh token is good once. When the answer was lost, the same token may be shown again within ten seconds; "+
				"shown later, it counts as stolen and ends the session."),
		quiet("/auth/logout", open, "logout", "End a session", s.logout).
			about("Ends the session of the refresh token, or of the access token in Authorization when there is none."),
		get("/me", anyone, "me", "Who am I", s.me),
		quiet("/me/password", anyone, "changePassword", "Change my password", s.changePassword).
			about("Every other session of the agent ends."),
	)
}

type loginInput struct {
	Body struct {
		Email    string `json:"email" maxLength:"254" doc:"E-mail of the agent."`
		Password string `json:"password" maxLength:"800" doc:"Password of the agent."`
	}
}

type refreshInput struct {
	Body struct {
		RefreshToken string `json:"refresh_token" maxLength:"200" doc:"The newest refresh token of the session."`
	}
}

type logoutInput struct {
	Body *struct {
		RefreshToken string `json:"refresh_token,omitempty" maxLength:"200" doc:"A refresh token of the session."`
	}
}

type passwordInput struct {
	Body struct {
		Current  string `json:"current_password" maxLength:"800" doc:"The password of now."`
		Password string `json:"password" minLength:"8" maxLength:"200" doc:"The new one, 8 to 200 characters."`
	}
}

func (s *server) from(ctx context.Context) auth.From {
	r := request(ctx)
	address, _ := s.client(r)
	return auth.From{Address: address, UserAgent: r.UserAgent()}
}

func (s *server) login(ctx context.Context, in *loginInput) (auth.Tokens, error) {
	return s.Accounts.Login(ctx, in.Body.Email, in.Body.Password, s.from(ctx))
}

func (s *server) refresh(ctx context.Context, in *refreshInput) (auth.Tokens, error) {
	return s.Accounts.Refresh(ctx, in.Body.RefreshToken, s.from(ctx))
}

func (s *server) logout(ctx context.Context, in *logoutInput) error {
	by := caller(ctx)
	if in.Body != nil && in.Body.RefreshToken != "" {
		return s.Accounts.Logout(ctx, by, in.Body.RefreshToken)
	}
	r := request(ctx)
	address, _ := s.client(r)
	by, err := s.Auth.Authenticate(ctx, auth.Request{Method: r.Method, Target: r.RequestURI, Header: r.Header, Address: address})
	if err != nil {
		return err
	}
	return s.Accounts.Logout(ctx, by, "")
}

func (s *server) me(ctx context.Context, _ *struct{}) (auth.Me, error) {
	return s.Accounts.Me(ctx, caller(ctx))
}

func (s *server) changePassword(ctx context.Context, in *passwordInput) error {
	return s.Accounts.ChangePassword(ctx, caller(ctx), in.Body.Current, in.Body.Password)
}
