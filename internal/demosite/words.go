package demosite

import "strings"

// lexicon holds the words for the slots of the grammar. An entry may contain slots
// itself. The slots person, surname, place, org and number are filled from the cast
// of an article instead, see prose.go.
var lexicon = map[string][]string{
	"weekday": words("Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"),
	"month":   words("January,February,March,April,May,June,July,August,September,October,November,December"),
	"role": words("the deputy mayor,head of the port authority,a school principal,the chief engineer,a grain trader,the regional prosecutor," +
		"a retired geologist,spokesman of the railway,the district doctor,a beekeeper,an economist,the museum's curator,a ferry captain," +
		"leader of the teachers' union,a city councillor,the fisheries inspector,a shepherd,the budget officer,an architect,a hydrologist"),
	"adj": words("regional,northern,disputed,long delayed,renovated,underfunded,ambitious,provisional,costly,emergency,bilingual,historic,seasonal," +
		"digital,volunteer,flooded,popular,experimental,municipal,coastal,mountain,overcrowded,abandoned,solar,winter,rural,shared,temporary," +
		"nationwide,narrow,modest,unfinished,third,cross-border,publicly owned,private,noisy,record,stalled,new"),
	"thing": words("bridge repair,harvest subsidy,ferry timetable,water main,school roof,tram line,fish market,customs post,wind farm,cable car," +
		"hospital wing,seed bank,film festival,chess academy,irrigation canal,border crossing,bakery cooperative,bus depot,village library," +
		"tax register,flood wall,heating network,vaccination campaign,gravel quarry,salt mine,wool mill,cherry orchard,radio mast,weather station," +
		"fire brigade,night train,parking scheme,theatre troupe,telephone exchange,cheese fair,recycling plant,swimming hall,court archive," +
		"pension office,airport terminal,forest road,lighthouse,walnut plantation,dialect dictionary,football stadium,glass works,housing loan," +
		"music school,postal route,reservoir,bicycle path,tea house,veterinary clinic,apprentice programme,energy tariff,visitor centre,street map," +
		"wolf census,marathon course,printing house"),
	"things": words("permits,repairs,complaints,seedlings,invoices,ballots,tickets,pipes,textbooks,sheep,rents,savings,engines,medicines,lessons," +
		"wages,deliveries,fines,tickets sold abroad,spare parts,measurements,interpreters,apprentices,tents,votes,barrels,lorries,photographs"),
	"past": words("approved,postponed,inspected,reopened,financed,criticised,dismantled,redesigned,defended,audited,auctioned,mapped,cancelled," +
		"insured,expanded,sealed off,repaired,debated,photographed,relocated,privatised,inherited,subsidised,abandoned,measured,questioned," +
		"praised,rejected,suspended,welcomed"),
	"verb": words("approve,postpone,inspect,reopen,finance,dismantle,redesign,defend,audit,auction,map,cancel,expand,repair,relocate,privatise," +
		"subsidise,suspend,merge,modernise,restore,rent out,replace,protect,double,halve"),
	"verbs": words("approves,postpones,inspects,reopens,finances,dismantles,redesigns,defends,audits,auctions,maps,cancels,expands,repairs," +
		"relocates,privatises,subsidises,suspends,merges,modernises,restores,rejects,welcomes,protects,doubles,halves"),
	"group": words("residents,fishermen,traders,pensioners,students,farmers,drivers,nurses,shopkeepers,climbers,teachers,commuters,tenants," +
		"beekeepers,veterans,hoteliers,musicians,engineers,volunteers,dockers,wine growers,librarians"),
	"source":  words("Norvik Wire,Harbour Agency,Lowland Press,Tavel News,Upper Valley Radio,Meridian Bureau,Osk.example,Sund Telegraph"),
	"section": words("Politics,Economy,Society,Culture,Region,Sport"),
	"tag":     words("budget,transport,schools,harvest,ports,health,energy,border,festival,courts,housing,water,tourism,elections,weather,railway"),
	"adverb":  words("quietly,narrowly,unexpectedly,once more,reluctantly,formally,briefly,in secret,without debate,by a wide margin"),
	"object":  words("{a adj} {thing},the {adj} {thing},{number} {things},the {thing} near {place},{place}'s {thing},the {adj} {thing} of {org}"),
	"reason": words("because {things} had become scarce,since nobody in {place} answered the tender,after {number} {group} signed {a adj} petition," +
		"as the price of {things} rose by {number} per cent,while {surname} was abroad,because {a thing} could not be insured," +
		"although {surname} had warned of it in {month},when the {thing} froze in {month},so that {group} could be paid before {month}," +
		"despite {a adj} ruling on {things},as soon as the snow near {place} had melted"),
	"quote": words("We counted {number} {things} and stopped counting,Nobody will {verb} {object} while I hold this office," +
		"My grandmother sold {things} here and she would laugh,Give us {number} days and {a adj} {thing},It is cheaper to {verb} than to argue about {things}," +
		"Every {weekday} the {group} ask me the same thing,{place} cannot live on {things} alone,The {thing} belongs to the {group} & to nobody else," +
		"If rain falls < {number} days a year we lose the {thing},This is not about {surname}; it is about {object}," +
		"I saw {object} with my own eyes,They {past} {object} and called it progress"),
}

// sentences are the patterns of body text.
var sentences = []string{
	"{org} {adverb} {past} {object} on {weekday} {reason}.",
	"{person}, {role}, said {group} from {place} had {past} {object} {reason}.",
	"“{quote},” {surname} told {group} outside the {thing}.",
	"“{quote},” said {person}, {role}.",
	"According to {org}, {number} {things} were {past} between {month} and {month}, against {number} the year before.",
	"In {place}, {group} {past} {object}, and {surname} promised to {verb} {object} by {month}.",
	"A draft seen by {org} would {verb} {object} and {verb} {number} {things}.",
	"Critics such as {person} doubt that {org} can {verb} {object} {reason}.",
	"Work on the {adj} {thing} began in {month}, but {things} were {past} only {reason}.",
	"{place} has {number} {group}, {number} {things} and one {adj} {thing}, {surname} noted.",
	"The {thing} that {group} {past} in {month} still lacks {things}, {role} {person} admitted.",
	"Asked whether {org} would {verb} {object}, {surname} spoke of {things} instead.",
	"On {weekday} morning {number} {group} walked from {place} to the {thing} {reason}.",
	"Neither {surname} nor {org} explained who had {past} {object}.",
	"Under the {adj} agreement, {place} keeps {number} {things} while {org} may {verb} {object}.",
	"It was the {adj} {thing}, not {things}, that divided {group} in {place}.",
	"Prices of {things} in {place} fell {number} per cent {reason}.",
	"{surname} and {surname} last met in {month}, when {org} {past} {object}.",
	"'{quote}', reads a note that {group} left at the {adj} {thing}.",
	"By {weekday} evening {org} had {past} {number} of the {things} and {surname} went home to {place}.",
	"For {group}, the choice is plain: {verb} {object} or {verb} {object}.",
	"Records show {a adj} {thing} being {past} at {place} {reason}.",
	"{org} set aside {number} crowns for {things}, of which {place} receives {number}.",
	"Whoever wants to {verb} {object} must first ask {surname}, {group} joke.",
	"Last {month} the {group} of {place} {adverb} {past} {object}.",
	"Engineers found {number} {things} under the {thing}, which {org} now wants to {verb}.",
	"Not all {group} agree; some in {place} would rather {verb} {object} {reason}.",
	"{person} keeps {a adj} list of {things}: {number} were {past}, {number} lost, {number} never seen again.",
	"What happens to {object} depends on {org}, where {surname} has {number} votes.",
	"Two days earlier {org} had {past} {object}, {reason}.",
}

// titles are the patterns of headlines. Several contain characters that extractors
// and encoders get wrong: quotation marks, &, <, emoji, other scripts.
var titles = []string{
	"{org} {verbs} {adj} {thing} in {place}",
	"{place}: {group} demand {a adj} {thing}",
	"{person} on {things}: why {place} still waits",
	"Why {org} {adverb} {past} the {adj} {thing}",
	"{number} {things} {past} near {place}",
	"{group} of {place} {adverb} {past} {adj} {thing}",
	"{surname} and {surname} to discuss {thing} in {month}",
	"{surname}’s {adj} {thing} returns to {place}",
	"“{quote},” says {surname}",
	"'No {things} before {month}': {org} answers {group}",
	"Will {org} {verb} the {adj} {thing}?",
	"{thing} & {thing}: what {place} can afford",
	"Cost < {number} million: {place} {verbs} its {adj} {thing}",
	"\"{adj} {thing}\" {past} after talks in {place}",
	"⚡ {org} {verbs} {number} {things}",
	"{place} opens {a adj} {thing} 🎉",
	"Qəzet «Səhər» moves to {place}, {group} welcome it",
	"Газета «Голос {surname}» {verbs} {adj} {thing}",
	"თბილისი sends {number} {things} to {place}",
	"東京 delegation visits the {adj} {thing} of {place}",
	"Երևան and {place} share {a adj} {thing}",
}

var (
	givenNames = words("Alda,Bror,Ciro,Dagny,Edda,Falk,Greta,Halvar,Ilka,Jovan,Kaisa,Lazar,Mira,Nils,Oda,Petra,Quint,Runa,Selma,Tomas,Ulla,Vidar,Wanda,Yrsa,Zlata")
	syllables  = words("bar,den,fel,gor,hal,ista,jor,kel,lund,mar,nes,ost,pra,rik,sund,tav,ul,vik,wen,yst,zor,bre,cal,dro,esk,fin")
	suffixes   = words("berg,by,ham,grad,ville,mouth,stad,ford,field,holm")
	surnameEnd = words("sen,ov,idze,yan,er,ini,ski,ström,eau,ez")
	orgKinds   = words("the Council of %,the % Port Authority,the % Chamber of Trade,the % Railway,the University of %,the % Assembly,the Court of %,the % Water Board,the % Theatre,the Bank of %")
)

// words splits a comma-separated list.
func words(list string) []string { return strings.Split(list, ",") }
