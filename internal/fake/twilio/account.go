package twilio

import "net/http"

func (s *Server) readAccount(c *call) (int, any, error) {
	if c.r.PathValue("account") != s.opt.Account+".json" {
		return 0, nil, notFound(c.r.URL.Path)
	}
	return http.StatusOK, obj{
		"sid": s.opt.Account, "friendly_name": "Dragon Shop", "status": "active", "type": "Full", "auth_token": "", "owner_account_sid": s.opt.Account,
	}, nil
}

func (s *Server) readWorkspace(c *call) (int, any, error) {
	if c.r.PathValue("workspace") != s.opt.Workspace {
		return 0, nil, notFound(c.r.URL.Path)
	}
	return http.StatusOK, obj{"sid": s.opt.Workspace, "account_sid": s.opt.Account, "friendly_name": "Flex Task Assignment"}, nil
}

func (s *Server) readWorkflow(c *call) (int, any, error) {
	if c.r.PathValue("workspace") != s.opt.Workspace || c.r.PathValue("workflow") != s.opt.Workflow {
		return 0, nil, notFound(c.r.URL.Path)
	}
	return http.StatusOK, obj{
		"sid": s.opt.Workflow, "account_sid": s.opt.Account, "workspace_sid": s.opt.Workspace, "friendly_name": "Assign to Anyone", "configuration": "{}",
	}, nil
}

// readHooks shows where what happens is told. Of the account and of its service it is the same.
func (s *Server) readHooks(c *call) (int, any, error) {
	service := c.r.PathValue("service")
	if service != "" && service != s.opt.Service {
		return 0, nil, notFound(c.r.URL.Path)
	}
	out := obj{"account_sid": s.opt.Account, "method": s.opt.ServiceMethod, "filters": s.opt.ServiceFilters, "pre_webhook_url": nil, "post_webhook_url": null(s.opt.ServiceHook)}
	if service != "" {
		out["chat_service_sid"] = service
	}
	return http.StatusOK, out, nil
}

func (s *Server) readFlow(c *call) (int, any, error) {
	if c.r.PathValue("flow") != s.opt.Flow {
		return 0, nil, notFound(c.r.URL.Path)
	}
	return http.StatusOK, obj{"sid": s.opt.Flow, "account_sid": s.opt.Account, "friendly_name": "Kefu", "status": "published", "valid": true}, nil
}
