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
