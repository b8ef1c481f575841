package api

import "slices"

// operations is the route list of /api/v1: one slice for each resource, in the order of the document.
func (s *server) operations() []operation {
	return slices.Concat(
		s.loginRoutes(),
		s.conversationRoutes(),
		s.messageRoutes(),
		s.ticketRoutes(),
		s.ratingRoutes(),
		s.eventRoutes(),
		s.searchRoutes(),
		s.agentRoutes(),
		s.agentStatusRoutes(),
		s.teamRoutes(),
		s.contactRoutes(),
		s.inboxRoutes(),
		s.labelRoutes(),
		s.cannedRoutes(),
		s.attachmentRoutes(),
		s.announcementRoutes(),
		s.articleRoutes(),
		s.webhookRoutes(),
		s.eventTypeRoutes(),
		s.deliveryRoutes(),
		s.alertRoutes(),
		s.auditRoutes(),
		s.roleRoutes(),
		s.programRoutes(),
		s.sessionRoutes(),
	)
}
