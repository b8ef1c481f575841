package knowledge

import (
	"regexp"
	"strings"
	"unicode"

	"kefu/internal/lexis"
)

// AsksForPerson tells whether somebody asks for a person instead of an answer, in Chinese or English. Who asks about people, about the hours
// of the staff, or about somebody in a game does not.
func AsksForPerson(text string) bool {
	english := clauses(text)
	chinese := strings.ReplaceAll(english, " ", "")
	chinese = aboutPeopleChinese.ReplaceAllString(chinese, ".")
	english = aboutPeopleEnglish.ReplaceAllString(english, " . ")
	return askChinese.MatchString(chinese) || askEnglish.MatchString(english) || bareAsk(chinese, english)
}

// clauses brings a text to its folded form with single spaces, a dot for whatever ends a clause, and nothing else between words.
func clauses(text string) string {
	var b strings.Builder
	for _, r := range lexis.Fold(text) {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			b.WriteRune(r)
		case r == '\'' || r == '’':
		case strings.ContainsRune(".,;:!?~\n。、…", r):
			b.WriteString(" . ")
		default:
			b.WriteByte(' ')
		}
	}
	return " " + strings.Join(strings.Fields(b.String()), " ") + " "
}

// bareAsk tells whether a clause says nothing else than who is wanted.
func bareAsk(chinese, english string) bool {
	for c := range strings.SplitSeq(chinese, ".") {
		if bareChinese.MatchString(c) {
			return true
		}
	}
	for c := range strings.SplitSeq(english, ".") {
		if bareEnglish.MatchString(strings.TrimSpace(c)) {
			return true
		}
	}
	return false
}

// What follows is in the folded form: simplified characters, small letters, Chinese without spaces.
var (
	// aboutPeopleChinese is what names people and asks for something else.
	aboutPeopleChinese = regexp.MustCompile(`(?:真人|人工)?客服(?:人员)?的?(?:服务|上班|营业|工作|在线|线上|回复|下班)?` +
		`(?:时间|时段|几点|电话|号码|信箱|邮箱|邮件|地址|态度|记录|对话|薪水|工资|职缺|招聘|密码|频道在哪)|` +
		`人工(?:智能|智慧|费|成本|湖|审核|授精|草皮|呼吸|操作|服务费|翻译|语音包)|真人(?:版|配音|秀|快打|演|出演|电影|动作|拍|模特|语音|头像)`)
	askChinese = regexp.MustCompile(`(?:找|转|接|要|跟|和|与|请|换|叫|有|想|让|是|派|用|给我|联系|联络)(?:到|个|一个|一位|位|你们的|你们|线上|在线|一下)*真人(?:$|[.客回服谈说聊讲来处帮对沟吗呢吧在协])|` +
		`真人(?:客服|服务|回复|处理|对话|协助|帮|来)|` +
		`(?:转|找|要|接|切|换|叫|请|需要|给我)(?:到|接|去|给|一下|个|换|线上|在线)*人工(?:$|[^智费成湖审])|人工(?:客服|服务|坐席|座席|专员)|` +
		`(?:要|找|叫|请|转|接|换|跟|和|与|联系|联络|连络|呼叫|给我|让|有)(?:一下|个|一个|一位|位|到|接|给|你们的|你们|线上|在线|没有|真的)*客服(?:人员|专员|小姐|小哥|代表)?(?:$|[^的人时电])|` +
		`客服(?:人员|小姐|小哥)?(?:在吗|在不在|在嘛|在么|在线吗|有人吗|有人在吗|呢|在哪|出来|快来|回我|帮我|救命|帮忙)|` +
		`(?:想|要|可以|能|让我|直接)(?:直接)?(?:跟|和|与)(?:一个|个)?(?:人|活人|人类)(?:说|谈|聊|讲|对话|沟通|联系)|` +
		`(?:找|要|有|换|转|跟|和|给我|是)(?:个|一个|没有)?(?:活人|人类)(?:$|[.客回谈说聊讲来处帮对沟吗呢吧])|` +
		`(?:找|要|请|派|转|换|叫)(?:个|一个|一位|位|给|接|你们的|你们)*(?:专人|专员|主管|经理|负责人|工作人员|管理员|版主|gm|小编|官方人员|服务人员)(?:$|[.来处帮协回谈说聊讲对联])|` +
		`(?:联系|联络|连络)(?:你们的|你们)?(?:工作人员|管理员|gm|官方人员|服务人员)|` +
		`(?:不想|不要|别|不愿|拒绝)(?:再)?(?:跟|和|与)(?:你这个|这个|个)?(?:机器人|ai|电脑)(?:说|谈|聊|讲|对话|沟通)|(?:^|\.)(?:我)?不要机器人(?:$|\.)|` +
		`有没有人(?:可以|能)(?:帮|回|协助|处理)`)
	bareChinese = regexp.MustCompile(`^(?:你好|您好|哈喽|嗨|请问|麻烦|那|我|我想|我要|我想要|想|想要|要|请|请帮我|帮我|可以|能|能不能|可不可以|可否|能否|直接)*` +
		`(?:(?:找|叫|请)(?:个|一个|一位)?人(?:来)?(?:帮忙|帮我|帮|处理|协助|解决|说|聊|谈|讲|问|回我|回复)?(?:一下)?|客服|真人|人工|活人|有人(?:在)?(?:吗|嘛|么)|有没有人(?:在)?|` +
		`转接|转接专员|转真人|专人(?:服务|协助|处理)?)(?:吗|吧|呢|啊|谢谢|好吗|谢了|拜托|快|快点|可以吗|行吗|在吗)*$`)

	aboutPeopleEnglish = regexp.MustCompile(` (?:agent|operator|human|person|someone|somebody|manager|admin|representative|people)s? (?:in|at|near|on|inside|behind|of|from) (?:the |a |my )?(?:\w+ )?` +
		`(?:chapter|level|act|mission|quest|town|village|map|game|castle|stage|room|city|shop|island|dungeon|scene|tutorial|story|episode|world|season|part|floor) |` +
		` (?:based on|about|inspired by|plays?|as) (?:a |an |the )?(?:real|actual|live|human) ?(?:person|human|people|being)? `)
	askEnglish = regexp.MustCompile(
		` (?:talk|speak|chat|connect(?: me)?|transfer(?: me)?|put me through|put me|forward me|switch me|route me|redirect me|escalate(?: this| me| it)?|hand me|pass me|pass this)(?: over| on)? (?:to|with) ` + whom + after + `|` +
			` (?:need|want|get|get me|give me|find me|call|would like|id like|bring me|bring|contact|reach|send me|let me have) ` + wanted + after + `|` +
			` (?:contact|reach|message|talk to|speak to|speak with|chat with|ask for|call) (?:a |the |your |an )?(?:customer service|customer support|customer care|support team|support staff|support agent|human support|live support|support)(?: team| staff)?` + after + `|` +
			` (?:human|live) (?:agent|representative|operator|rep|support|chat)s?` + after + `|` +
			` is (?:there )?(?:anyone|anybody|somebody|someone|a human|a person|a real person|any human|any staff|an agent|any agent|a real human)(?: out)?(?: here| there| online| available| around| awake| i can (?:talk|speak) (?:to|with))|` +
			` (?:do not|dont|dont even|never) (?:want|like|wanna)(?: to)?(?: (?:talk|speak|chat|talking|speaking)(?: to| with))? ?(?:a|the|this|any|your)? (?:bot|bots|chatbot|robot|machine|ai)` + after + `|` +
			` (?:human|person|agent|representative|operator|someone real) (?:please|pls|plz|now)` + ` `)
	bareEnglish = regexp.MustCompile(`^(?:hi |hello |hey |please |pls |i want |i need |want |need |a |an |the |just |ok |okay |can i get |can i have )*` +
		`(?:(?:real |live |actual )?(?:human|person|agent|human being)|representative|rep|operator|live chat|live support|human support|customer service|customer support|anyone there|anybody there|anyone here|no bots?|not a bot|someone real)` +
		`(?: please| pls| plz| now| asap| thanks| here| instead)*$`)
)

const (
	kindOfPerson = `(?:(?:live|real|actual|human|support|customer|service|customer service|customer support|tech support|technical|help desk|different) )*`
	person       = `(?:person|human|human being|people|humans|agent|agents|representative|representatives|rep|operator|advisor|adviser|staff|staff member|moderator|supervisor|manager|team member)`
	// whom somebody may want to talk to.
	whom = `(?:a |an |the |your |some |any |one of your |one of the )?(?:` + kindOfPerson + person + `|someone(?: real| else| human)?|somebody(?: real| else)?|an? admin|a mod|customer service|customer support|customer care|support)`
	// wanted is who somebody wants, with nothing said of talking.
	wanted = `(?:a |an |the |your |some |any |to )?` + kindOfPerson + `(?:person|human|human being|agent|representative|rep|operator|staff member|supervisor|manager)`
	// after is what may follow, so that a human character is no human.
	after = `(?: \.| $| please| pls| plz| now| asap| instead| here| there| thanks| thank| thx| about| for| regarding| because| not| who| that| to help| to assist| to look| to fix| to solve| to handle| right| immediately| today| so i| on the phone| in (?:support|charge|billing|person|your|chinese|english|mandarin))`
)
