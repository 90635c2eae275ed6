// Says what the page is, in the language of the demonstration site beside it.

const TEXTS = {
  ja: {
    title: "電話認証を試す",
    lead: "架空の会社のサイトと、会員の電話機です。サイトで「パスワード再発行」に進むと、電話が鳴ります。電話に出て、サイトに表示された番号を押してください。",
    site: "会社のサイト",
    telephone: "電話機",
    console: "管理コンソール",
    language: "言語",
  },
  en: {
    title: "Try telephone verification",
    lead: "This is the web site of a made-up company, and the telephone of a member. Reset a password on the site, and the telephone rings. Answer it and press the number that the site shows.",
    site: "The company's site",
    telephone: "Telephone",
    console: "Console",
    language: "Language",
  },
};
/** Shared with the demonstration site, which comes from the same server; the telephone's is the console's. */
const KEPT = "language";
const KEPT_BY_CONSOLE = "honnin.language";

const select = document.getElementById("language");
let language = localStorage.getItem(KEPT) ?? (navigator.language.startsWith("ja") ? "ja" : "en");

function render() {
  const text = TEXTS[language] ?? TEXTS.ja;
  document.documentElement.lang = language;
  document.title = `${text.title} | Honnin`;
  select.value = language;
  for (const element of document.querySelectorAll("[data-text]"))
    element.textContent = text[element.dataset.text];
  document.getElementById("demo").title = text.site;
  document.getElementById("phone").title = text.telephone;
}

select.addEventListener("change", () => {
  language = select.value;
  // The frames hear of it by the event of storage.
  localStorage.setItem(KEPT, language);
  localStorage.setItem(KEPT_BY_CONSOLE, language);
  render();
});
render();
