package extract

import "github.com/newsonce/newsonce/crawler/extract/dom"

// errorTitles are the titles of pages that say that there is no page, or no
// access to it; errorParts are parts of such titles.
var (
	errorTitles = []string{"error", "page not found", "not found", "forbidden", "access denied", "service unavailable", "bad gateway", "oops", "sorry", "just a moment", "are you a robot",
		"attention required", "security check", "log in", "login", "sign in", "maintenance", "unavailable", "age verification", "bot verification", "one more step", "please wait"}
	errorParts = dom.NewPhrases("403 forbidden", "500 internal", "502 bad", "503 service", "451: unavailable", "page not found", "page introuvable", "page cannot be found", "page doesn't exist", "page does not exist", "nicht gefunden", "no encontrada", "não encontrada", "nao encontrada",
		"non trovata", "niet gevonden", "nie znaleziono", "nie została znaleziona", "не найдена", "не знайдено", "bulunamadı", "tapılmadı", "topilmadi", "hittades inte", "ikke funnet", "ikke fundet", "sivua ei löydy", "nem található",
		"stránka nenalezena", "pagina nu a fost găsită", "غير موجودة", "یافت نشد", "ページが見つかりません", "找不到", "页面不存在", "페이지를 찾을 수 없", "enable javascript", "unusual traffic", "verify you are human", "access denied", "attention required",
		"you have been blocked", "are you over 18", "before you continue", "your privacy choices", "we value your privacy")
)

// absentParts are what short pages say, in their title or their text, of a page
// that is not there any more or never was; barredParts of one that readers are
// kept from: by a check, a country, a wall of consent, a browser.
var (
	absentParts = dom.NewPhrases("page you are looking for", "page you're looking for", "page you were looking for", "page you requested", "requested page", "article you are looking for", "article is no longer available", "article has been removed", "content is no longer available", "story is no longer available",
		"page no longer exists", "page has been removed", "page doesn't exist", "page does not exist", "page can't be found", "page could not be found", "page isn't available", "page is not available", "page is no longer available", "find the page", "find that page",
		"artikel nicht mehr verfügbar", "artikel ist nicht mehr", "artikel ist leider nicht mehr", "seite existiert nicht", "seite wurde nicht gefunden", "gesuchte seite", "gewünschte seite", "angeforderte seite", "gewünschte artikel", "gesuchte artikel", "inhalt ist nicht mehr verfügbar", "beitrag ist nicht mehr verfügbar",
		"page n'existe plus", "page n'existe pas", "page n’existe plus", "page n’existe pas", "page que vous recherchez", "page que vous cherchez", "page demandée", "contenu que vous cherchez", "article n'est plus", "article n’est plus", "contenu n'est plus disponible",
		"página no existe", "página ya no existe", "página que buscas", "página que busca", "página que está buscando", "página solicitada", "contenido que busca", "artículo ya no está disponible", "contenido ya no está disponible",
		"página não existe", "página que você", "página que procura", "página solicitada", "não está mais disponível", "conteúdo não encontrado", "pagina non esiste", "pagina che cerchi", "pagina che stai cercando", "pagina richiesta", "articolo non è più disponibile",
		"pagina bestaat niet", "pagina die je zoekt", "pagina die u zoekt", "artikel is niet meer beschikbaar", "strona nie istnieje", "strona, której szukasz", "artykuł nie jest już dostępny", "artykuł został usunięty",
		"страница не найдена", "страница не существует", "страница была удалена", "страница удалена", "вами страница", "запрашиваемая страница", "запрашиваемой страницы", "такой страницы", "страницы не существует", "материал удалён", "материал удален", "материал не найден",
		"сторінку не знайдено", "сторінка не існує", "сторінки не існує", "запитувана сторінка", "матеріал видалено", "страницата не е намерена", "страницата не съществува", "stranica nije pronađena", "stranica ne postoji", "страница није пронађена",
		"aradığınız sayfa", "aradığınız haber", "haber bulunamadı", "axtardığınız səhifə", "səhifə tapılmadı", "xəbər tapılmadı", "siz axtaran səhifə", "stránka neexistuje", "požadovaná stránka", "a keresett oldal", "pagina căutată", "pagina nu există",
		"sidan finns inte", "sidan kunde inte", "siden finnes ikke", "siden findes ikke", "siden blev ikke", "etsimääsi sivua", "sivua ei löyty", "η σελίδα δεν", "გვერდი ვერ მოიძებნა", "էջը չի գտնվել", "halaman tidak ditemukan", "halaman yang anda cari", "không tìm thấy trang", "trang bạn tìm",
		"الصفحة غير موجودة", "الصفحة المطلوبة", "الصفحة التي تبحث", "صفحه مورد نظر", "העמוד לא נמצא", "הדף לא נמצא", "पेज नहीं मिला", "您访问的页面", "頁面不存在", "文章不存在", "文章已被删除", "お探しのページ", "記事は削除", "公開を終了", "요청하신 페이지", "존재하지 않는 페이지", "ไม่พบหน้า")
	barredParts = dom.NewPhrases("enable javascript", "javascript is disabled", "javascript is required", "javascript and cookies", "please turn on javascript", "activez javascript", "javascript aktivieren", "habilite javascript", "включите javascript",
		"you have been blocked", "access to this page has been denied", "unusual traffic", "verify you are human", "verify that you are human", "you are not a robot", "not a bot", "complete the captcha", "security service to protect itself",
		"unavailable due to legal reasons", "not available in your country", "not available in your region", "access this website from a country", "unavailable in most european", "unavailable in your region",
		"store and access information on a device", "store and/or access information", "and our partners store", "partners store and", "wir und unsere partner", "nos partenaires stockons", "nosotros y nuestros socios", "noi e i nostri partner", "wij en onze partners", "my i nasi partnerzy",
		"at least 18 years", "at least eighteen years", "over the age of 18", "meant for adults only", "mindestens 18 jahre alt", "mayor de 18 años")
)

// offerTitles begin the titles of pages on which readers are asked to sign up.
var offerTitles = []string{"sign up for", "sign up to", "subscribe to", "subscribe now", "our newsletter", "join our newsletter", "newsletter abonnieren", "newsletter bestellen", "jetzt abonnieren", "abonnez-vous", "inscrivez-vous", "suscríbe", "suscribir", "inscreva-se", "assine ", "iscriviti", "abonneer u", "подпишитесь", "подписка на"}

// siteTitles are the titles of pages about the site itself.
var siteTitles = []string{"privacy policy", "privacy notice", "cookie policy", "terms of use", "terms of service", "terms and conditions", "about us", "contact us", "contact", "imprint", "advertise with us",
	"impressum", "datenschutz", "datenschutzerklärung", "agb", "kontakt", "über uns", "mentions légales", "politique de confidentialité", "qui sommes-nous", "nous contacter", "aviso legal", "política de privacidad", "quiénes somos", "contacto",
	"política de privacidade", "quem somos", "contato", "contatti", "chi siamo", "informativa sulla privacy", "privacyverklaring", "over ons", "polityka prywatności", "o nas", "regulamin",
	"политика конфиденциальности", "о нас", "контакты", "о редакции", "контакти", "про нас", "gizlilik politikası", "hakkımızda", "iletişim", "künye", "haqqımızda", "əlaqə", "اتصل بنا", "من نحن", "سياسة الخصوصية", "درباره ما", "تماس با ما", "关于我们", "联系我们", "プライバシーポリシー", "お問い合わせ", "회사소개"}

// listingPaths are segments of the paths of pages that lead to articles.
var listingPaths = []string{"tag", "tags", "category", "categories", "author", "authors", "autor", "autoren", "autore", "auteur", "topic", "topics", "thema", "search", "suche", "buscar", "recherche", "archive", "archives", "archiv", "label", "etiqueta", "etiquetas", "rubric", "rubrika", "profile", "user", "users"}
