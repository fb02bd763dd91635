package wall

// vocabulary holds beginnings of words that pages of a kind use, by language, in
// lower case; "_" stands for a blank, and "$" at the end wants the whole word.
// core words make a sentence one of that kind; two side words do as well. No word
// decides by itself: see judge.
var vocabulary = []struct {
	kind       Kind
	core, side string
}{
	{kind: Consent, core: `
		cookie consent$ consents$ consenting privacy_polic privacy_setting privacy_choice your_privacy data_protection third-part third_part
		gdpr ccpa tracker$ trackers$ tracking
		zustimm einwillig datenschutz tracking werbetracking drittanbieter dienstleister
		consentement confidentialité vie_privée rgpd traceur politique_de_cookies
		consentim privacidad política_de_cookies rastre protección_de_datos
		consens informativa_sulla_privacy tracciamento tracciant
		privacidade política_de_privacidade lgpd
		toestemming privacybeleid privacyverklaring avg$ volgtech
		samtycke integritet kakor personuppgift spårning samtykke personvern informasjonskapsl privatliv persondata sporing
		evästee eväste suostumu tietosuoj yksityisyy
		zgod prywatnoś pliki_cookie plików_cookie ciastecz rodo$ śledz
		souhlas soukrom ochran_osobních sledov súhlas súkrom
		hozzájárul adatvéd süti$ sütik sütiket nyomkövet
		consimțăm confidențialit prelucrarea_datelor
		съглас бисквитк поверителност privola kolačić privatnost pristanek piškot zasebnost
		slapuk sutik privatum sīkdat piekriš privātum küpsis nõusolek privaatsus
		куки файлы_cookie согласие_на согласия_на согласен конфиденциальн персональных_данн обработк_данных
		файли_cookie згод конфіденційн персональних_дан
		συγκατάθεσ συναίνεσ απορρήτ ιδιωτικ προσωπικών_δεδομ
		çerez kişisel_veri kvkk gizlilik açık_rıza
		ملفات_تعريف_الارتباط الكوكيز موافقت خصوصي کوکی حریم_خصوصی رضایت
		עוגיות קובצי_cookie הסכמ פרטיות
		कुकी सहमति गोपनीयता কুকি সম্মতি গোপনীয়তা
		kebijakan_privasi persetujuan privasi kuki$ bánh_quy đồng_ý quyền_riêng_tư
		คุกกี้ ความยินยอม ความเป็นส่วนตัว
		クッキー 同意 プライバシー 個人情報 쿠키 동의 개인정보 隐私 隱私 曲奇 小型文本文件`,
		side: `
		partners$ personalis personaliz advertis ads$ ad-free vendor$ vendors$ device$ preferences$ choices$ browsing similar_technolog accept$ agree$ reject$ decline$ withdraw purposes$ legitimate_interest
		partner$ partnern werbung werbefrei pur-abo pur$ anzeigen ablehnen akzeptier einverstanden verarbeit endgerät gerät$
		partenaires publicit appareil accepter refuser finalité personnalis
		socios publicidad dispositivo aceptar rechazar finalidades personaliz
		fornitori pubblicit accett rifiut finalità personalizz
		parceiros publicidade aceitar recusar anúncios
		adverten apparaat accepteren weigeren doeleinden persoonsgegevens
		annons enhet acceptera godkänn avvisa annonce enhed accepter afvis godta avvis
		mainos laite hyväksy hylkää kumppan
		partner reklam urządzeni akceptuj odrzu celach zaufan przetwarz
		reklamy zařízení přijmout odmítnout partneř účel
		hirdetés eszköz elfogad elutasít partnereink
		publicitate dispozitiv accept respinge parteneri
		реклам устройств принять отклонить партнер партнёр приймаю пристро
		διαφημίσ συσκευ αποδοχ απόρριψ συνεργάτ
		reklam cihaz kabul$ reddet iş_ortak
		الإعلان جهازك قبول رفض شركا تبلیغ پذیرش
		פרסומ מכשיר לאשר לדחות שותפ
		विज्ञापन डिवाइस स्वीकार अस्वीकार
		iklan perangkat terima tolak mitra quảng_cáo thiết_bị chấp_nhận từ_chối đối_tác
		โฆษณา อุปกรณ์ ยอมรับ ปฏิเสธ
		広告 端末 許可 拒否 パートナー 광고 기기 수락 거부 广告 廣告 设备 接受 拒绝 拒絕 合作伙伴`},

	{kind: Challenge, core: `
		captcha robot robots$ bot$ bots$ are_human not_a_bot human_verif checking_your_browser checking_if_the unusual_traffic automated_request automated_access automated_traffic enable_javascript javascript_is_disabled javascript_and_cookies security_check verify_you verifying_you unusual_activity suspicious_activity ray_id incident_id reference_# your_support_id access_denied been_blocked
		roboter kein_bot sicherheitsprüfung sicherheitsüberprüfung browser_wird_überprüft javascript_aktivier javascript_und_cookies javascript_ist_deaktiviert ein_mensch_sind mensch_sind menschlich ungewöhnliche_aktivität ungewöhnlicher_datenverkehr ungewöhnlichen_datenverkehr zugriff_verweigert
		êtes_humain êtes_pas_un_robot vérification_de_sécurité vérification_de_votre_navigateur activer_javascript activez_javascript trafic_inhabituel activité_inhabituelle accès_refusé
		eres_humano es_un_humano no_eres_un_robot comprobación_de_seguridad verificación_de_seguridad comprobando_su_navegador verificando habilite_javascript activa_javascript active_javascript tráfico_inusual actividad_inusual acceso_denegado
		essere_umano sei_umano verifica_di_sicurezza controllo_del_browser abilita_javascript attiva_javascript traffico_insolito attività_insolita accesso_negato
		você_é_humano é_um_robô robô verificação_de_segurança verificando_seu_navegador habilite_o_javascript ative_o_javascript tráfego_incomum acesso_negado
		mens_bent geen_robot beveiligingscontrole browser_wordt_gecontroleerd controleren_of_uw_browser javascript_staat_uit schakel_javascript ongebruikelijk_verkeer toegang_geweigerd
		människa säkerhetskontroll aktivera_javascript menneske sikkerhedskontrol sikkerhetssjekk ihminen turvatarkist
		człowiekiem robotem weryfikac sprawdzamy_twoją_przeglądarkę sprawdzanie_przeglądarki włącz_javascript nietypowy_ruch odmowa_dostępu
		nejste_robot ověřen kontrola_prohlížeče člověk povolte_javascript neobvykl nem_robot biztonsági_ellenőrz ellenőrizzük engedélyezze_a_javascript
		nu_sunteți_robot verificare_de_securitate activați_javascript
		не_робот проверка_безопасности проверка_браузера проверяем_ваш_браузер проверка_вашего_браузера включите_javascript подозрительн_активн подозрительный_трафик подозрительную_активность необычн_трафик доступ_запрещен доступ_ограничен автоматическ_запрос автоматические_запросы
		перевірка_безпеки перевірка_браузера не_робот увімкніть_javascript підозрілу_активність проверка_на_сигурността
		ρομπότ έλεγχος_ασφαλείας ενεργοποιήστε_τη_javascript άνθρωπος
		robot_olma güvenlik_kontrol güvenlik_doğrula tarayıcınız insan_olduğunuz javascript'i olağan_dışı
		لست_روبوت روبوت التحقق_من_المتصفح التحقق_الأمني تفعيل_جافا إنسان ربات بررسی_امنیتی مرورگر_شما
		רובוט בדיקת_אבטחה הפעל_javascript אנושי
		रोबोट सुरक्षा_जांच जावास्क्रिप्ट ब्राउज़र_की_जांच
		bukan_robot pemeriksaan_keamanan aktifkan_javascript lalu_lintas_tidak người_máy kiểm_tra_bảo_mật kiểm_tra_trình_duyệt bật_javascript
		ไม่ใช่โปรแกรม ไม่ใช่หุ่นยนต์ ตรวจสอบความปลอดภัย ตรวจสอบเบราว์เซอร์
		ロボットではない 人間である セキュリティチェック ブラウザを確認 javascriptを有効 通常と異なる 로봇이_아 자동입력방지 보안_확인 브라우저를_확인 자바스크립트를 机器人 機器人 人机验证 真人 安全验证 安全驗證 验证码 驗證碼 浏览器安全检查 检查您的浏览器 启用javascript 异常流量`,
		side: `
		browser$ javascript verify verification verifying human$ humans$ one_moment just_a_moment security$ automat please_wait
		überprüf bestätig moment$ mensch$ humain vérifi navigateur patient humano navegador momento umano attend aguarde
		verifiër webbläsare nettleser selain przeglądar chwil prohlížeč okamžik böngésző pillanat
		браузер подтверд подождите провер зачекайте перевір πρόγραμμα_περιήγησης περιμένετε bekleyin doğrula متصفح انتظار تحقق דפדפן המתן ब्राउज़र प्रतीक्षा
		peramban tunggu trình_duyệt chờ เบราว์เซอร์ รอสักครู่ ブラウザ お待ち 確認 브라우저 잠시만 확인 浏览器 瀏覽器 请稍候 請稍候 验证`},

	{kind: Login, core: `
		log_in login sign_in signin log-in sign-in sign_up create_an_account create_account your_password forgot_password forgot_your_password password$ username e-mail_address email_address registered_user registered_reader
		anmeld einlogg passwort benutzername registrier kennwort nutzerkonto
		connexion connectez-vous connecter mot_de_passe identifiant s'inscrire créer_un_compte
		iniciar_sesión inicia_sesión inicie_sesión contraseña regístrate registrarse crear_cuenta usuario_registrado
		accedi accesso$ effettua_l'accesso password_dimenticata registrati nome_utente
		entrar$ iniciar_sessão faça_login senha$ cadastre-se cadastro
		inloggen wachtwoord aanmelden registreer account_aanmaken
		logga_in lösenord log_ind adgangskode logg_inn passord kirjaudu salasana
		zaloguj logowan hasło załóż_konto zarejestruj
		přihlás přihlaš heslo registrac prihlás jelszó bejelentkez regisztrá autentific parolă conectați
		войти войдите авториз вход$ пароль логин$ зарегистрир увійти увійдіть вхід$ реєстрац
		σύνδεση$ συνδεθείτε κωδικ εγγραφή giriş_yap oturum_aç şifre üye_ol kayıt_ol
		تسجيل_الدخول كلمة_المرور سجل_دخول إنشاء_حساب ورود$ رمز_عبور التحبر התחבר סיסמ הרשמ
		लॉग_इन लॉगिन साइन_इन पासवर्ड masuk$ kata_sandi daftar_akun đăng_nhập mật_khẩu đăng_ký_tài_khoản เข้าสู่ระบบ รหัสผ่าน สมัครสมาชิก
		ログイン パスワード 会員登録 로그인 비밀번호 회원가입 登录 登錄 登入 密码 密碼 注册 註冊`,
		side: `account$ register konto compte$ cuenta$ account conta$ kontot аккаунт акаунт hesab حساب חשבון खाता akun tài_khoản บัญชี アカウント 계정 账号 帳號 email e-mail`},

	{kind: Paywall, core: `
		subscribe subscriber subscription subscribing paywall premium_content per_month a_month a_week per_week free_trial free_articles articles_left unlimited_access exclusive_to members_only cancel_any
		abonnent abonnier abo$ abos$ abonnement digitalabo plus-artikel monatlich pro_monat probemonat kostenlos_testen kündbar weiterlesen_mit weiterzulesen
		abonnez abonné s'abonner par_mois sans_engagement réservé_aux
		suscríb suscrip suscriptor al_mes contenido_exclusivo para_suscriptores
		abbonat abbonament abbonarsi al_mese senza_vincol
		assine assinante assinatura por_mês conteúdo_exclusivo
		abonnee abonneer per_maand opzegbaar
		prenumer prenumerant kr/mån per_månad abonner abonnent om_måneden i_måneden tilaa$ tilaaj tilaus kuukaudessa kk$
		prenumerat subskryp subskrybuj miesięcznie za_miesiąc dostęp_premium
		předplat předplác měsíčně predplat előfizet havonta hónap abonament abona
		подпис для_подписчиков в_месяц передплат на_місяць абонамент претплат pretplat naročn
		συνδρομ τον_μήνα abone aylık
		اشترك اشتراك المشتركين شهريا اشتراک מנוי לחודש
		सदस्यता सब्सक्राइब प्रति_माह langganan berlangganan per_bulan đăng_ký_gói thuê_bao mỗi_tháng สมัครสมาชิกรายเดือน
		有料会員 購読 会員限定 月額 구독 유료회원 订阅 訂閱 会员专享 付费`,
		side: `premium offer$ trial$ unlock continue_reading keep_reading read_the_full full_article this_article exclusive angebot jetzt_testen weiterlesen offre illimité lire_la_suite oferta ilimitad seguir_leyendo offerta illimitat continua_a_leggere ilimitado continuar_lendo lees_verder onbeperkt aanbieding läs_vidare läsa_vidare obegränsad jatka_luk czytaj_dalej oferta ofert nabídk číst_dál доступ читать_дальше полный_доступ προσφορά συνεχίστε teklif okumaya_devam € £ $/ eur/ zł kč`},

	{kind: SlowDown, core: `
		too_many_requests too_many_visit rate_limit rate_exceeded limit_exceeded request_limit slow_down too_fast too_quickly too_often 429$ throttl waiting_room in_line$ in_the_queue queue$ high_demand high_traffic heavy_traffic heavy_load overloaded traffic_limit bandwidth
		zu_viele_anfragen zu_viele_zugriffe zu_schnell warteschlange warteraum überlastet zu_viele_besucher hohe_nachfrage hohen_andrang
		trop_de_requêtes trop_de_demandes trop_rapide file_d'attente salle_d'attente surcharg forte_affluence trop_de_visite
		demasiadas_solicitudes demasiadas_peticiones sala_de_espera cola$ saturad alta_demanda
		troppe_richieste sala_d'attesa in_coda sovraccaric
		muitas_solicitações muitos_pedidos muitas_requisições fila$ sobrecarreg
		te_veel_verzoeken te_veel_aanvragen wachtrij wachtruimte overbelast te_snel
		för_många_förfrågningar kö$ väntrum for_mange_forespørgsler for_mange_forespørsler kø$ overbelast liian_monta jono$ ruuhka
		zbyt_wiele_żądań zbyt_wiele_zapytań zbyt_dużo kolejk poczekalni przeciąż
		příliš_mnoho požadavk front přetíž príliš_veľa túl_sok várólist túlterhel prea_multe coadă
		слишком_много_запрос слишком_част слишком_быстр очередь$ очереди$ перегруж превышен занадто_багато черг$ твърде_много_заявки previše_zahteva previše_zahtjeva
		πάρα_πολλά_αιτήματα υπερβολικ ουρά$ çok_fazla_istek sırada kuyruk yoğunluk
		طلبات_كثيرة عدد_كبير_من_الطلبات قائمة_الانتظار درخواست_های_زیاد יותר_מדי_בקשות תור$
		बहुत_अधिक_अनुरोध कतार terlalu_banyak_permintaan antrean antrian quá_nhiều_yêu_cầu hàng_đợi คำขอมากเกินไป คิว
		リクエストが多すぎ アクセスが集中 混雑 順番 요청이_너무 접속자가_많 대기열 대기_순서 请求过于频繁 請求過於頻繁 访问过于频繁 操作太频繁 排队 排隊 访问人数过多`,
		side: `try_again try_later requests$ wait$ limit$ minutes$ seconds$ warten später minuten erneut anfragen réessay patient plus_tard espere intente solicitudes attendi riprova richieste aguarde tente pedidos wacht probeer later försök igen prøv_igen yritä spróbuj ponownie poczekaj zkuste počkejte próbálja később încercați попробуйте позже подождите запрос спробуйте пізніше δοκιμάστε αργότερα tekrar_deneyin bekleyin حاول لاحقا נסה_שוב पुनः_प्रयास coba_lagi thử_lại ลองอีกครั้ง しばらく 後ほど 다시_시도 잠시_후 稍后 稍後 重试 重試`},

	{kind: Broken, core: `
		database_connection database_server database_error mysql postgres sqlstate pdoexception connection_refused internal_server_error server_error bad_gateway gateway_time service_unavailable temporarily_unavailable fatal_error stack_trace traceback uncaught exception$ nullpointer something_went_wrong technical_difficult technical_problem an_error_occurred error_occurred unexpected_error maintenance be_right_back back_soon back_shortly back_online 500$ 502$ 503$ 504$ 521$ 522$ 524$ account_suspended account_has_been_suspended domain_for_sale domain_is_for_sale domain_may_be_for_sale buy_this_domain domain_has_expired domain_expired domain_name_has domain_is_parked parked$ registrar$ nginx$ apache$ apache2 web_server under_construction out_of_memory memory_size
		datenbank serverfehler wartung wartungsarbeiten technische_störung technischen_problem technische_problem vorübergehend_nicht ist_ein_fehler ein_fehler_ist nicht_erreichbar nicht_verfügbar gleich_wieder bald_wieder in_kürze steht_zum_verkauf domain_wurde
		base_de_données erreur_interne erreur_du_serveur erreur_serveur en_maintenance maintenance_en temporairement problème_technique incident_technique une_erreur de_retour_bientôt domaine_est_à_vendre domaine_a_expiré
		base_de_datos error_interno error_del_servidor mantenimiento temporalmente problemas_técnicos ha_ocurrido_un_error se_ha_producido_un_error volveremos volvemos dominio_en_venta dominio_ha_caducado
		errore_interno errore_del_server manutenzione temporaneamente problemi_tecnici problema_tecnico si_è_verificato_un_errore torneremo torniamo banca_dati connessione_al_database dominio_è_in_vendita dominio_scaduto
		banco_de_dados erro_interno erro_no_servidor manutenção temporariamente problemas_técnicos ocorreu_um_erro voltaremos voltamos domínio_à_venda base_de_dados
		databasefout databaseverbinding onderhoud tijdelijk storing technische_problemen er_is_een_fout er_ging_iets interne_serverfout zo_terug domein_is_te_koop
		databasfel databasen underhåll tillfälligt tekniska_problem ett_fel vedligehold teknisk_fejl der_er_opstået vedlikehold midlertidig teknisk_feil det_oppstod huoltokatko huolto$ tilapäisesti tekninen_vika virhe$ tietokant
		bazą_danych bazy_danych błąd_serwera wewnętrzny_błąd konserwac prace_techniczne przerwa_techniczna tymczasowo wystąpił_błąd problemy_techniczne problemów_technicznych domena_na_sprzedaż domena_wygasła
		databáz chyba_serveru chyba_databáze údržb dočasně došlo_k_chybě technick_problém technické_problémy omlouváme dočasne adatbázis karbantart szerverhiba átmenetileg hiba_történt műszaki baza_de_date mentenanță temporar a_apărut_o_eroare probleme_tehnice eroare_de_server
		базой_данных базы_данных базе_данных ошибка_сервера внутренняя_ошибка технические_работы технических_работ обслуживан временно произошла_ошибка неполадк скоро_вернёмся скоро_вернемся домен_продаётся домен_продается домена_истек срок_регистрации
		бази_даних базою_даних помилка_сервера технічні_роботи технічних_робіт обслуговуван тимчасово сталася_помилка поддръжка временно_недостъп base_podataka održavanj privremeno došlo_je_do_greške vzdrževanj začasno techniniai laikinai apkop īslaicīgi hooldus ajutiselt
		βάση_δεδομένων βάσης_δεδομένων σφάλμα_διακομιστή εσωτερικό_σφάλμα συντήρηση προσωρινά παρουσιάστηκε_σφάλμα
		veritabanı sunucu_hatası bakım$ bakımda geçici_olarak bir_hata_oluştu teknik_bir alan_adı_satılık
		قاعدة_البيانات خطأ_في_الخادم صيانة مؤقت حدث_خطأ عطل_فني پایگاه_داده خطای_سرور در_دست_تعمیر موقتا خطایی_رخ
		מסד_הנתונים שגיאת_שרת תחזוקה זמנית אירעה_שגיאה תקלה
		डेटाबेस सर्वर_त्रुटि रखरखाव अस्थायी_रूप त्रुटि_हुई
		basis_data kesalahan_server pemeliharaan sementara terjadi_kesalahan perbaikan cơ_sở_dữ_liệu lỗi_máy_chủ bảo_trì tạm_thời đã_xảy_ra_lỗi
		ฐานข้อมูล ข้อผิดพลาดของเซิร์ฟเวอร์ ปิดปรับปรุง ชั่วคราว เกิดข้อผิดพลาด
		データベース サーバーエラー メンテナンス 一時的に エラーが発生 ただいま 데이터베이스 서버_오류 점검 일시적 오류가_발생 数据库 資料庫 服务器错误 伺服器錯誤 维护 維護 暂时 暫時 发生错误 發生錯誤 出错了 域名出售`,
		side: `
		error$ server$ database unavailable connection$ connect$ try_again administrator webmaster apologi sorry inconvenience hostname technical exception refresh reload username password domain
		fehler verbindung entschuldig erneut versuchen administrator unannehmlich erreichbar später
		erreur serveur connexion désolé réessay excus ultérieurement indisponible error servidor conexión disculp intente disponible errore connessione scus riprova disponibile erro conexão desculp tente indisponível
		fout server verbinding excuses probeer beschikbaar fel$ ursäkta försök fejl beklager prøv feil pahoittel yritä
		błąd serwer połączen przeprasz spróbuj niedostępn chyba připojen omlouv zkuste nedostupn hiba kapcsolat elnézés próbálja eroare conexiun scuze încercați
		ошибк сервер соединен подключ извин приносим попробуйте повторите недоступ помилк зʼєднан вибач спробуйте недоступн σφάλμα σύνδεση συγγνώμη δοκιμάστε hata$ sunucu bağlantı özür deneyin
		خطأ الخادم الاتصال نعتذر حاول خطا سرور اتصال متاسف שגיאה שרת חיבור מתנצל נסו त्रुटि सर्वर कनेक्शन क्षमा पुनः
		kesalahan server koneksi maaf coba lỗi máy_chủ kết_nối xin_lỗi thử_lại ข้อผิดพลาด เซิร์ฟเวอร์ ขออภัย エラー サーバー 接続 申し訳 お詫び ご迷惑 오류 서버 연결 죄송 다시 错误 錯誤 服务器 伺服器 连接 連線 抱歉 稍后 稍後
		domein domaine dominio domínio domen domén домен alan_adı 域名 ドメイン 도메인 sale$ verkauf à_vendre en_venta in_vendita à_venda te_koop na_sprzedaż na_prodej eladó продаж прода satılık 出售 販売 판매`},

	{kind: Age, core: `
		18_or_older 18_or_over over_18 21_or_older over_21 18_years at_least_18 at_least_21 age_verification age_check age_gate your_age verify_age legal_age drinking_age adults_only date_of_birth
		volljährig altersprüfung altersverifikation altersnachweis altersabfrage altersfreigabe 18_jahre dein_alter ihr_alter geburtsdatum schon_18 über_18
		18_ans majeurs majeures êtes_majeur votre_âge l'âge_légal vérification_de_l'âge date_de_naissance
		mayor_de_edad mayores_de_18 18_años tu_edad su_edad verificación_de_edad fecha_de_nacimiento
		maggiorenn 18_anni tua_età sua_età verifica_dell'età data_di_nascita
		maior_de_idade maiores_de_18 18_anos sua_idade verificação_de_idade data_de_nascimento
		18_jaar leeftijdscontrole leeftijdsverificatie jouw_leeftijd uw_leeftijd geboortedatum meerderjarig
		18_år ålderskontroll alderskontrol alderskontroll alderssjekk din_ålder din_alder fyllt_18 fylt_18 18-vuotias täysi-ikäinen täyttänyt_18 ikäsi$
		18_lat pełnoletn twój_wiek weryfikacja_wieku data_urodzenia
		18_let plnolet věku$ datum_narození 18_év nagykorú életkor 18_ani vârsta_ta majorat
		18_лет совершеннолет возраст 18_років повноліт 18_години пълнолет 18_godina punoljet punoletn
		18_ετών ενήλικ ηλικία 18_yaş yaşınız yaş_doğrula
		18_عام 18_سنة عمرك 18_سال בן_18 גיל$ 18_वर्ष आयु
		18_tahun umur_anda usia_anda 18_tuổi độ_tuổi 18_ปี อายุของคุณ
		18歳 20歳 年齢確認 19세 성인_인증 연령 年满18 满18 年滿18 滿18 年龄 年齡`,
		side: `
		enter$ leave$ confirm adult adults$ birth older$ bestätig betreten verlassen entrer quitter confirm entrar salir confirmar entra esci verlaten bevestig bekräfta bekræft bekreft vahvista
		potwierdź wejdź potvr vstoupit megerősít confirmați подтверд войти вийти επιβεβαίωσ onayla تأكيد אישור masuk konfirmasi xác_nhận ยืนยัน 確認 확인 确认 確認`},

	{kind: Region, core: `
		your_region your_country your_location your_area european_economic_area legal_reasons data_protection_regulation geo-restrict geo-block
		ihrem_land deinem_land ihrer_region deiner_region ihrem_standort deinem_standort rechtlichen_gründen aus_rechtlichen
		votre_pays votre_région votre_zone votre_territoire raisons_légales raisons_juridiques
		su_país tu_país su_región tu_región su_ubicación tu_ubicación motivos_legales razones_legales
		tuo_paese suo_paese tua_area tua_regione motivi_legali ragioni_legali
		seu_país sua_região sua_localização motivos_legais razões_legais
		uw_land jouw_land je_land uw_regio jouw_regio juridische_redenen
		ditt_land dit_land landet_ditt din_region ditt_område juridiska_skäl juridiske_årsager juridiske_grunner maassasi alueellasi
		twoim_kraju twoim_regionie twojej_lokalizacji powodów_prawnych
		vaší_zemi vašej_krajine právních_důvod ön_országában jogi_okok țara_dumneavoastră țara_dvs regiunea_dumneavoastră motive_legale
		вашей_стране вашем_регионе вашего_региона юридическим_причинам вашій_країні вашому_регіоні вашата_страна vašoj_zemlji vašoj_državi
		χώρα_σας περιοχή_σας νομικούς_λόγους ülkenizde bölgenizde yasal_nedenlerle
		في_بلدك في_منطقتك لأسباب_قانونية کشور_شما במדינה_שלך באזור_שלך आपके_देश आपके_क्षेत्र
		negara_anda wilayah_anda quốc_gia_của_bạn khu_vực_của_bạn ประเทศของคุณ ภูมิภาคของคุณ
		お住まいの国 お住まいの地域 法的な理由 귀하의_국가 현재_지역 您所在的国家 您所在的地区 您所在的國家 您所在的地區 法律原因`,
		side: `
		unavailable available$ restricted$ granted gdpr verfügbar anzeigen zugriff disponible accès accéder acceso mostrar contenido disponibile accesso disponível acesso beschikbaar toegang tillgänglig tilgængelig tilgjengelig saatavilla
		dostępn dostęp dostupn přístup elérhet hozzáfér disponibil acces доступ недоступ διαθέσιμ πρόσβασ erişim kullanılam متاح متوفر זמין उपलब्ध tersedia akses có_sẵn truy_cập ให้บริการ 利用 ご覧 이용 访问 訪問 无法 無法`},
}
