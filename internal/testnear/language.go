package testnear

import (
	"math/rand/v2"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A language holds the parts of its stories.
type language struct {
	code        string
	syllables   []string
	small       []string // words of grammar, commonest first
	space       string   // between words
	stop        string   // ends a sentence, with its space
	open        string   // quotation marks
	shut        string
	digits      string // ten digits, or empty for ASCII
	said        string // after a quotation
	dateline    string // {place} ({agency}) -, or empty
	more        []string
	boilerplate []string // paragraphs around any story
	paywall     string
	roundup     string   // title
	corrected   string   // before a title
	live        string   // before a title
	prefixes    []string // others of that kind
	million     string   // after a number, or empty
}

var languages = []*language{
	{
		code: "en", space: " ", stop: ". ", open: "“", shut: "”", said: "said",
		syllables: words("bar cor den fell gar hol ing kel lan mor nor pen ran sel tor ver wick brook ston ham ley dale ford mer thorp ash el in or ac tion ment er ous"),
		small:     words("the of to and in a for on that was with at by from it has were had after as be not an said which would who but will this they their more been"),
		dateline:  "{PLACE} ({agency}) - ",
		more:      []string{"Read more", "Continue reading", "[…]", "The full story is for subscribers."},
		boilerplate: []string{
			"Sign up to our morning newsletter and get the ten stories that matter, free, before seven o'clock. You can leave at any time with a click at the foot of each letter.",
			"We use cookies to remember your choices, to count visits and to show advertisements that suit you. By going on you agree to that; our page on privacy tells how to change it.",
			"Most read: Council meets behind closed doors. Ten walks for a wet Sunday. What the new tariff means for you. Ferry to be sold. Quiz: how well do you know the harbour?",
			"Do you know more about this? Write to our newsroom in confidence, by letter, telephone or the form on this page. We do not pay for information and we protect whoever gives it.",
			"Share this article on your favourite network, send it to a friend or print it. Comments close after three days. Please be polite and stay with the subject.",
		},
		paywall: "This article is for subscribers. Log in or choose a plan to go on reading; the first month is free.",
		roundup: "The day in brief", corrected: "CORRECTED: ", live: "LIVE: ",
		prefixes: []string{"Report: ", "BREAKING: ", "Exclusive: ", "WRAPUP 1-"}, million: "million",
	},
	{
		code: "de", space: " ", stop: ". ", open: "„", shut: "“", said: "sagte",
		syllables: words("berg bach feld stein wald hof burg rat ung keit lich schaft ver ent be ge wer tor amt geld haus kraft mut ruh spiel tag zeug hand licht mann see korn fahr"),
		small:     words("der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei"),
		dateline:  "{PLACE} ({agency}) – ",
		more:      []string{"Weiterlesen", "Mehr dazu im Abo", "[…]"},
		boilerplate: []string{
			"Der Newsletter am Morgen: was heute wichtig wird, kostenlos und kurz. Eine Abmeldung ist jederzeit über den Verweis am Ende jedes Briefes möglich.",
			"Wir verwenden Cookies, um Zugriffe zu zählen und Werbung anzupassen. Wenn Sie weiterlesen, stimmen Sie dem zu; mehr dazu steht in der Datenschutzerklärung.",
			"Meistgelesen: Rat tagt hinter verschlossenen Türen. Zehn Wege für einen nassen Sonntag. Was der neue Tarif bedeutet. Fähre wird verkauft. Das große Rätsel vom Hafen.",
		},
		paywall: "Dieser Beitrag ist für Abonnenten. Bitte melden Sie sich an oder wählen Sie ein Angebot, um weiterzulesen.",
		roundup: "Der Tag in Kürze", corrected: "KORREKTUR: ", live: "LIVE: ",
		prefixes: []string{"Bericht: ", "EILMELDUNG: ", "ROUNDUP: "}, million: "Millionen",
	},
	{
		code: "fr", space: " ", stop: ". ", open: "« ", shut: " »", said: "a déclaré",
		syllables: words("mont ville fon cour tai rou bel gran pé dé ré é tion ment eur té age ance lou mar sai ver plu fai vou char dou pre lin cou ten ble"),
		small:     words("de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son aux d'une cette mais"),
		dateline:  "{PLACE} ({agency}) — ",
		more:      []string{"Lire la suite", "Article réservé aux abonnés", "[…]"},
		boilerplate: []string{
			"Recevez chaque matin notre lettre : dix nouvelles choisies par la rédaction, sans frais. On s'en retire d'un clic au bas de chaque envoi.",
			"Nous utilisons des cookies pour compter les visites et choisir la publicité. En continuant vous l'acceptez ; la page sur la vie privée explique le reste.",
			"Les plus lus : le conseil siège à huis clos. Dix promenades pour un dimanche de pluie. Ce que change le nouveau tarif. Le bac sera vendu.",
		},
		paywall: "Cet article est réservé aux abonnés. Connectez-vous ou choisissez une formule pour lire la suite.",
		roundup: "L'essentiel du jour", corrected: "RECTIFICATIF : ", live: "EN DIRECT : ",
		prefixes: []string{"URGENT : ", "Selon un rapport : ", "EXCLUSIF - "}, million: "millions",
	},
	{
		code: "tr", space: " ", stop: ". ", open: "“", shut: "”", said: "dedi",
		syllables: words("ka ya la bil gü neş de niz taş köy lü lar ler ım çı şe hir yol dağ su ova kur ul baş kan lık sı ği tü rü men"),
		small:     words("ve bir bu da de için ile olarak çok daha olan sonra kadar gibi ne en o ancak her ise göre ya ki"),
		dateline:  "{PLACE} ({agency}) - ",
		more:      []string{"Devamını oku", "[…]"},
		boilerplate: []string{
			"Sabah bültenimize ücretsiz abone olun, günün on haberi saat yediden önce sizde olsun. Her mektubun sonundaki bağlantıyla ayrılabilirsiniz.",
			"Çerezleri ziyaretleri saymak ve size uygun reklam göstermek için kullanıyoruz. Okumaya devam ederek bunu kabul etmiş olursunuz.",
		},
		paywall: "Bu yazı abonelere özeldir. Okumaya devam etmek için giriş yapın ya da bir paket seçin.",
		roundup: "Günün özeti", corrected: "DÜZELTME: ", live: "CANLI: ",
		prefixes: []string{"SON DAKİKA: ", "Rapor: "}, million: "milyon",
	},
	{
		code: "vi", space: " ", stop: ". ", open: "“", shut: "”", said: "nói",
		syllables: words("thành phố nước núi sông đường trường học sinh viên nhà máy điện lực công ty giá gạo tàu biển cảng rừng lúa mùa hội đồng luật thuế ngân sách bệnh cầu chợ xe bão lũ đất"),
		small:     words("và của là các có được trong cho đã với không một những người này để khi từ về đến theo ra vào cũng"),
		dateline:  "{PLACE} ({agency}) - ",
		more:      []string{"Xem thêm", "[…]"},
		boilerplate: []string{
			"Đăng ký nhận bản tin buổi sáng miễn phí với mười tin quan trọng nhất trước bảy giờ. Bạn có thể hủy bất cứ lúc nào bằng liên kết ở cuối thư.",
			"Chúng tôi dùng cookie để đếm lượt truy cập và chọn quảng cáo phù hợp. Tiếp tục đọc nghĩa là bạn đồng ý với điều đó.",
		},
		paywall: "Bài viết này dành cho người đăng ký. Hãy đăng nhập hoặc chọn một gói để đọc tiếp.",
		roundup: "Tin vắn trong ngày", corrected: "ĐÍNH CHÍNH: ", live: "TRỰC TIẾP: ",
		prefixes: []string{"NÓNG: ", "Tin mới: "},
	},
	{
		code: "ru", space: " ", stop: ". ", open: "«", shut: "»", said: "сообщил",
		syllables: words("град мор лес гор ство ние ость тель ник пор за вод реч ка ро ма ли но ве ст ра бо та ход дел вид ком пра сов ет мер"),
		small:     words("в и на не что с по из он за к как это для было о до от будет его также после у но же при так году"),
		dateline:  "{PLACE} ({agency}) — ",
		more:      []string{"Читать далее", "[…]"},
		boilerplate: []string{
			"Подпишитесь на утреннюю рассылку: десять главных новостей дня, бесплатно, до семи часов. Отписаться можно в любое время по ссылке внизу письма.",
			"Мы используем файлы cookie, чтобы считать посещения и подбирать рекламу. Продолжая чтение, вы соглашаетесь с этим.",
			"Самое читаемое: совет заседает за закрытыми дверями. Десять прогулок для дождливого воскресенья. Что значит новый тариф. Паром продадут.",
		},
		paywall: "Материал доступен только подписчикам. Войдите или выберите подписку, чтобы читать дальше.",
		roundup: "День коротко", corrected: "ИСПРАВЛЕНО: ", live: "ОНЛАЙН: ",
		prefixes: []string{"СРОЧНО: ", "СМИ: "},
	},
	{
		code: "el", space: " ", stop: ". ", open: "«", shut: "»", said: "δήλωσε",
		syllables: words("πόλ λι μάν θα λασ σα ρό δος νη σί βου νό γέ φυρ α νο μος κό στα χω ριό τι μή ερ γο πλοί φω τιά δρό"),
		small:     words("και το της του να η ο την με για που τα στην από στο οι δεν των θα είναι σε ένα"),
		more:      []string{"Διαβάστε περισσότερα", "[…]"},
		boilerplate: []string{
			"Γραφτείτε στο πρωινό μας δελτίο: δέκα ειδήσεις, δωρεάν, πριν από τις επτά. Μπορείτε να διαγραφείτε όποτε θέλετε από τον σύνδεσμο στο τέλος.",
			"Χρησιμοποιούμε cookies για να μετράμε τις επισκέψεις και να επιλέγουμε διαφημίσεις. Συνεχίζοντας συμφωνείτε με αυτό.",
		},
		paywall: "Το άρθρο είναι για συνδρομητές. Συνδεθείτε ή επιλέξτε συνδρομή για να συνεχίσετε.",
		roundup: "Η ημέρα σε συντομία", corrected: "ΔΙΟΡΘΩΣΗ: ", live: "ΖΩΝΤΑΝΑ: ",
		prefixes: []string{"ΕΚΤΑΚΤΟ: ", "Έκθεση: "},
	},
	{
		code: "ar", space: " ", stop: ". ", open: "«", shut: "»", said: "قال", digits: "٠١٢٣٤٥٦٧٨٩",
		syllables: words("مدي نة بحر جبل نهر سوق مصر ف وزا رة كتا ب قمح سفي نه طري ق مدر سه قا نون شرك ات جسر مطا ر نا س عمل"),
		small:     words("في من على أن إلى التي عن مع هذا بعد كان الذي ما بين كما قبل هذه لم أو قد حيث خلال"),
		dateline:  "{PLACE} ({agency}) - ",
		more:      []string{"اقرأ المزيد", "[…]"},
		boilerplate: []string{
			"اشترك في نشرتنا الصباحية المجانية لتصلك أهم عشرة أخبار قبل السابعة. يمكنك إلغاء الاشتراك متى شئت من الرابط في أسفل كل رسالة.",
			"نستخدم ملفات الارتباط لعد الزيارات واختيار الإعلانات المناسبة لك. متابعة القراءة تعني موافقتك على ذلك.",
		},
		paywall: "هذا المقال للمشتركين فقط. سجل الدخول أو اختر اشتراكا لمتابعة القراءة.",
		roundup: "موجز اليوم", corrected: "تصحيح: ", live: "مباشر: ",
		prefixes: []string{"عاجل: ", "تقرير: "},
	},
	{
		code: "he", space: " ", stop: ". ", open: "\"", shut: "\"", said: "אמר",
		syllables: words("עיר ים הר נהר שוק בנק משר ד ספר חי טה ספי נה דרך בית חוק חבר ה גשר שדה רכבת עבו דה תקצ יב מו רה"),
		small:     words("של את על לא עם הוא כי גם זה היא או אל כל בין אך יותר לאחר אשר היה כדי רק"),
		more:      []string{"קרא עוד", "[…]"},
		boilerplate: []string{
			"הירשמו לעלון הבוקר שלנו: עשר הידיעות החשובות, בחינם, לפני השעה שבע. אפשר לבטל בכל עת בקישור שבתחתית כל מכתב.",
			"אנו משתמשים בעוגיות כדי לספור ביקורים ולבחור פרסומות. המשך הקריאה מהווה הסכמה לכך.",
		},
		paywall: "הכתבה למנויים בלבד. התחברו או בחרו מסלול כדי להמשיך לקרוא.",
		roundup: "היום בקצרה", corrected: "תיקון: ", live: "שידור חי: ",
		prefixes: []string{"דיווח: ", "מבזק: "},
	},
	{
		code: "hi", space: " ", stop: "। ", open: "“", shut: "”", said: "ने कहा", digits: "०१२३४५६७८९",
		syllables: words("नग र जल पर्व त खे त बाज़ा र सर का र वि द्या लय का नू न पुल रे ल मं डी ब स गाँ व नदी यो जना श्रम"),
		small:     words("के में की है से का को और पर यह था ने लिए कि एक भी नहीं हैं कर इस तक बाद"),
		more:      []string{"और पढ़ें", "[…]"},
		boilerplate: []string{
			"सुबह की हमारी चिट्ठी मुफ़्त पाइए, दिन की दस ख़बरें सात बजे से पहले। हर चिट्ठी के अंत में दिए लिंक से जब चाहें हट सकते हैं।",
			"हम कुकी का उपयोग आगंतुक गिनने और विज्ञापन चुनने के लिए करते हैं। आगे पढ़ने का अर्थ है आपकी सहमति।",
		},
		paywall: "यह लेख ग्राहकों के लिए है। आगे पढ़ने के लिए लॉग इन करें या योजना चुनें।",
		roundup: "दिन भर की ख़बरें", corrected: "सुधार: ", live: "लाइव: ",
		prefixes: []string{"ब्रेकिंग: ", "रिपोर्ट: "},
	},
	{
		code: "zh", stop: "。", open: "“", shut: "”", said: "表示",
		syllables: letters("城市港口河山林田道路桥车站校园医院法税预算粮价电力水库船队农渔工商会议选举风雨雪灾火警诊疫苗票款银矿油钢纸茶米羊牛马鱼鸟花树石沙海湖岛州县村镇区街"),
		small:     words("的 在 了 和 是 将 与 对 也 有 已 为 不 这 该 并 后 前 从 被 而 但"),
		dateline:  "{agency}{PLACE}电 ",
		more:      []string{"阅读全文", "……"},
		boilerplate: []string{
			"订阅我们的早间通讯，每天七点之前免费收到十条要闻。每封信的末尾都有退订链接，您可以随时退出。",
			"我们使用网络记录来统计访问量并选择合适的广告。继续阅读即表示您同意这一做法，详情请见隐私说明。",
			"热门文章：市议会闭门开会。雨天周日的十条散步路线。新收费意味着什么。渡轮将被出售。港口知识问答。",
		},
		paywall: "本文仅供订阅用户阅读。请登录或选择套餐后继续阅读全文。",
		roundup: "今日简讯", corrected: "更正：", live: "直播：",
		prefixes: []string{"快讯：", "独家："},
	},
	{
		code: "ja", stop: "。", open: "「", shut: "」", said: "と述べた",
		syllables: letters("都市港川山林田道橋車駅校病院法税予算米価電力水船農漁工商会議選挙風雨雪災火警診票銀鉱油鋼紙茶羊牛馬魚鳥花木石砂海湖島県村町区街空軍党首相"),
		small:     words("は が を に の で と も から まで した する という れた ため この その ない だ"),
		dateline:  "【{PLACE}＝{agency}】",
		more:      []string{"続きを読む", "この記事は有料会員限定です"},
		boilerplate: []string{
			"朝のニュースレターを無料でお届けします。毎朝七時までに十本の記事が届きます。配信の停止は各メールの末尾からいつでもできます。",
			"当サイトでは閲覧数の計測と広告の選択のためにクッキーを使っています。閲覧を続けると同意したものとみなします。",
		},
		paywall: "この記事は有料会員限定です。続きを読むにはログインするか、プランを選んでください。",
		roundup: "きょうのまとめ", corrected: "【訂正】", live: "【速報中】",
		prefixes: []string{"【速報】", "【独自】"},
	},
	{
		code: "th", stop: " ", open: "“", shut: "”", said: "กล่าว",
		syllables: words("เมือง ท่า แม่ น้ำ ภู เขา ป่า นา ถนน สะพาน รถ สถานี โรง เรียน พยา บาล กฎ หมาย ภาษี งบ ข้าว ราคา ไฟ ฟ้า เรือ ประมง เกษตร สภา เลือก ตั้ง ลม ฝน วัด ตลาด เกาะ ทะเล หมู่ บ้าน ช้าง ม้า วัว ปลา นก ดอก หิน ทราย คลอง หนอง ดอย ทุ่ง หญ้า ผัก แพ อวน เกลือ ทอง เหล็ก แก้ว ผ้า ไหม ฝ้าย ยาง กล้วย มะลิ สอบ ครู หมอ ยา เข็ม สี เสียง เพลง หนัง กีฬา วิ่ง ชก แข่ง ศาล คดี ทนาย ตำรวจ ทหาร"),
		small:     words("ที่ และ ใน ของ เป็น มี ได้ ว่า ให้ จะ กับ ไม่ การ จาก แต่ นี้ แล้ว ก็ โดย ซึ่ง"),
		more:      []string{"อ่านต่อ", "…"},
		boilerplate: []string{
			"สมัครรับจดหมายข่าวตอนเช้าฟรี ข่าวสำคัญสิบเรื่องถึงคุณก่อนเจ็ดโมง ยกเลิกได้ทุกเมื่อจากลิงก์ท้ายจดหมายแต่ละฉบับ",
			"เราใช้คุกกี้เพื่อนับจำนวนผู้เข้าชมและเลือกโฆษณาที่เหมาะกับคุณ การอ่านต่อถือว่าคุณยินยอม",
		},
		paywall: "บทความนี้สำหรับสมาชิกเท่านั้น กรุณาเข้าสู่ระบบหรือเลือกแพ็กเกจเพื่ออ่านต่อ",
		roundup: "สรุปข่าววันนี้", corrected: "แก้ไข: ", live: "สด: ",
		prefixes: []string{"ด่วน: ", "รายงาน: "},
	},
	{
		code: "ko", space: " ", stop: ". ", open: "“", shut: "”", said: "말했다",
		syllables: words("도 시 항 구 산 림 하 천 다 리 역 학 교 병 원 법 세 예 산 쌀 값 전 력 배 농 어 공 상 회 의 선 거 바 람 비 눈 불 섬 촌 군"),
		small:     words("그 이 및 등 수 것은 있는 대한 했다 위해 지난 이번 함께 있다고 대해 또 그는 따르면"),
		dateline:  "({PLACE}={agency}) ",
		more:      []string{"더 보기", "[…]"},
		boilerplate: []string{
			"아침 소식지를 무료로 받아 보세요. 매일 일곱 시 전에 열 가지 소식을 보내 드립니다. 편지 끝의 링크로 언제든지 해지할 수 있습니다.",
			"방문자 수를 세고 알맞은 광고를 고르기 위해 쿠키를 사용합니다. 계속 읽으면 이에 동의하는 것으로 봅니다.",
		},
		paywall: "이 기사는 구독자 전용입니다. 계속 읽으려면 로그인하거나 요금제를 선택하세요.",
		roundup: "오늘의 소식", corrected: "[정정] ", live: "[속보] ",
		prefixes: []string{"[단독] ", "[종합] "},
	},
}

func words(list string) []string { return strings.Fields(list) }

func letters(list string) []string { return strings.Split(list, "") }

// languageOf is the language with a code, English for others.
func languageOf(code string) *language {
	for _, l := range languages {
		if l.code == code {
			return l
		}
	}
	return languages[0]
}

// vocabularySize is the number of content words of a language.
const vocabularySize = 1500

// vocabularies holds the content words of each language, commonest first; the
// same in every set.
var vocabularies = sync.OnceValue(func() map[string][]string {
	all := map[string][]string{}
	for i, l := range languages {
		rng := rand.New(rand.NewPCG(1, uint64(i)))
		seen := map[string]bool{}
		for len(all[l.code]) < vocabularySize {
			if w := l.word(rng); !seen[w] {
				seen[w] = true
				all[l.code] = append(all[l.code], w)
			}
		}
	}
	return all
})

// word makes a word of two or three syllables.
func (l *language) word(rng *rand.Rand) string {
	w := pick(rng, l.syllables) + pick(rng, l.syllables)
	if l.space != "" && rng.IntN(2) == 0 || l.code == "th" {
		w += pick(rng, l.syllables)
	}
	return w
}

// name is a new proper name.
func (l *language) name(rng *rand.Rand) string { return capital(l.word(rng)) }

// content is a content word, common ones more often.
func (l *language) content(rng *rand.Rand) string {
	u := rng.Float64()
	return vocabularies()[l.code][int(u*u*vocabularySize)]
}

// numeral writes a number in the language's digits.
func (l *language) numeral(ascii string) string {
	if l.digits == "" {
		return ascii
	}
	digits := []rune(l.digits)
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return digits[r-'0']
		}
		return r
	}, ascii)
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
