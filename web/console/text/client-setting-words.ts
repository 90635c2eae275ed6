/* Made from the code by `npm run docs`; what is written here by hand is lost. */

interface Words {
  readonly meaning: string;
  readonly accepted: string;
  /** What holds where it is not set; empty: its default, or nothing. */
  readonly unset: string;
}

export const CLIENT_SETTING_WORDS = {
  dids: {
    ja: {
      meaning: "専用の着信番号。1 つの番号を専用にできるのは 1 クライアントだけ。先頭が既定の番号",
      accepted: "HONNIN_DIDS にある番号をカンマ区切りで",
      unset: "なし（だれの専用でもない番号を使う）",
    },
    en: {
      meaning: "DIDs of its own, each at most one client's; the first is its default",
      accepted: "numbers of HONNIN_DIDS, comma-separated",
      unset: "none: those that nobody has claimed serve it",
    },
  },
  caller_number: {
    ja: {
      meaning: "相手に表示される発信者番号",
      accepted: "数字 1〜15 桁（先頭の + も可）",
      unset: "HONNIN_CALLER_NUMBER",
    },
    en: {
      meaning: "the number shown to the called",
      accepted: "1 to 15 digits, + allowed in front",
      unset: "HONNIN_CALLER_NUMBER",
    },
  },
  methods: {
    ja: {
      meaning: "使える認証方法。ほかは 403 not_permitted",
      accepted: "keypad、spoken、caller_id",
      unset: "",
    },
    en: {
      meaning: "methods that it may use; any other is 403 not_permitted",
      accepted: "keypad, spoken, caller_id",
      unset: "",
    },
  },
  channels: {
    ja: {
      meaning: "使えるチャネル。ほかは 403 not_permitted",
      accepted: "voice、sms",
      unset: "",
    },
    en: {
      meaning: "channels that it may use; any other is 403 not_permitted",
      accepted: "voice, sms",
      unset: "",
    },
  },
  directions: {
    ja: {
      meaning: "使える方向。ほかは 403 not_permitted",
      accepted: "outbound、inbound",
      unset: "",
    },
    en: {
      meaning: "directions that it may use; the other is 403 not_permitted",
      accepted: "outbound, inbound",
      unset: "",
    },
  },
  locale: {
    ja: {
      meaning: "要求に指定がないとき、および専用の着信番号で該当する認証がないときの案内の言語",
      accepted: "ja または en",
      unset: "",
    },
    en: {
      meaning: "language when a request names none, and for unmatched callers at its DIDs",
      accepted: "ja or en",
      unset: "",
    },
  },
  outbound_allow: {
    ja: {
      meaning: "HONNIN_OUTBOUND_ALLOW に加えて、規則の例外として発信を許す番号",
      accepted: "+1415 のような E.164 の先頭部分をカンマ区切りで",
      unset: "",
    },
    en: {
      meaning: "numbers that it may call against the rule, beside HONNIN_OUTBOUND_ALLOW",
      accepted: "E.164 prefixes such as +1415, comma-separated",
      unset: "",
    },
  },
  ip_allow: {
    ja: {
      meaning: "API キーを受け付ける接続元（API と WebSocket の両方）。ほかは 403 address_not_allowed",
      accepted: "IPv4 と IPv6 のアドレス、192.0.2.0/24 のような CIDR ブロックをカンマ区切りで",
      unset: "制限なし",
    },
    en: {
      meaning:
        "addresses from which its keys are accepted, for the API and the WebSocket; from others: 403 address_not_allowed",
      accepted: "IPv4 and IPv6 addresses and CIDR blocks such as 192.0.2.0/24, comma-separated",
      unset: "everywhere",
    },
  },
  answer_inbound: {
    ja: {
      meaning: "番号だけで認証する着信（caller_id）に応答する",
      accepted: "true または false",
      unset: "HONNIN_ANSWER_INBOUND",
    },
    en: {
      meaning: "answer a call that proves its number by itself (caller_id)",
      accepted: "true or false",
      unset: "HONNIN_ANSWER_INBOUND",
    },
  },
  max_calls: {
    ja: {
      meaning:
        "同時に発信する通話数。超えた分は HONNIN_MAX_QUEUE_SECONDS まで待ち、その間もほかのクライアントの発信は進む",
      accepted: "1〜10000",
      unset: "HONNIN_TRUNK_MAX_CALLS",
    },
    en: {
      meaning:
        "outbound calls at one time; more wait, for at most HONNIN_MAX_QUEUE_SECONDS, while other clients' go ahead",
      accepted: "1 to 10000",
      unset: "HONNIN_TRUNK_MAX_CALLS",
    },
  },
  max_calls_per_minute: {
    ja: {
      meaning: "1 分あたりの発信数。一度に出せるのは 10 秒分で、超えた分は順番を待つ",
      accepted: "1〜100000",
      unset: "HONNIN_MAX_CALLS_PER_MINUTE",
    },
    en: {
      meaning: "new calls in a minute, ten seconds' worth at once; more wait for their turn",
      accepted: "1 to 100000",
      unset: "HONNIN_MAX_CALLS_PER_MINUTE",
    },
  },
  max_calls_per_number_per_hour: {
    ja: {
      meaning:
        "1 つの番号への 1 時間あたりの発信数（ほかのクライアントの分も数える）。超えると 429 too_many_calls_to_number",
      accepted: "1〜1000",
      unset: "HONNIN_MAX_CALLS_PER_NUMBER_PER_HOUR",
    },
    en: {
      meaning:
        "calls to one number in an hour, those of other clients counted; more are 429 too_many_calls_to_number",
      accepted: "1 to 1000",
      unset: "HONNIN_MAX_CALLS_PER_NUMBER_PER_HOUR",
    },
  },
  max_calls_per_block_per_hour: {
    ja: {
      meaning:
        "1 万番号のまとまりへの 1 時間あたりの発信数（ほかのクライアントの分も数える）。超えると 429 too_many_calls_to_prefix",
      accepted: "1〜100000",
      unset: "HONNIN_MAX_CALLS_PER_BLOCK_PER_HOUR",
    },
    en: {
      meaning:
        "calls to one block of 10,000 numbers in an hour, those of other clients counted; more are 429 too_many_calls_to_prefix",
      accepted: "1 to 100000",
      unset: "HONNIN_MAX_CALLS_PER_BLOCK_PER_HOUR",
    },
  },
  max_registrations_per_minute: {
    ja: {
      meaning:
        "1 分あたりの登録数（認証と番号登録の合計）。超えると 429 too_many_registrations。メモリー上で数え、再起動すると数え直す",
      accepted: "1〜100000",
      unset: "HONNIN_MAX_REGISTRATIONS_PER_MINUTE",
    },
    en: {
      meaning:
        "registrations in a minute, of verifications and enrollments together; more are 429 too_many_registrations. Counted in memory, anew after a restart",
      accepted: "1 to 100000",
      unset: "HONNIN_MAX_REGISTRATIONS_PER_MINUTE",
    },
  },
  max_registrations_per_day: {
    ja: {
      meaning: "同じく日本時間の 1 日あたりの登録数。データベースで数える",
      accepted: "1〜100000000",
      unset: "HONNIN_MAX_REGISTRATIONS_PER_DAY",
    },
    en: {
      meaning: "the same in a day of Japan, counted in the database",
      accepted: "1 to 100000000",
      unset: "HONNIN_MAX_REGISTRATIONS_PER_DAY",
    },
  },
  max_enrollments: {
    ja: {
      meaning: "同時に持てる番号登録の数。超えると 422 too_many_enrollments",
      accepted: "1〜100000000",
      unset: "HONNIN_MAX_ENROLLMENTS",
    },
    en: {
      meaning: "enrollments at one time; more are 422 too_many_enrollments",
      accepted: "1 to 100000000",
      unset: "HONNIN_MAX_ENROLLMENTS",
    },
  },
  budget_yen_per_day: {
    ja: {
      meaning:
        "発信に使える日本時間の 1 日あたりの金額（円）。全体の予算の範囲内。超えると 422 budget_exhausted",
      accepted: "1〜999999999",
      unset: "独自の予算なし",
    },
    en: {
      meaning:
        "yen that its calls may cost in a day of Japan, within the budget for all; more are 422 budget_exhausted",
      accepted: "1 to 999999999",
      unset: "none of its own",
    },
  },
  budget_yen_per_month: {
    ja: {
      meaning: "同じく 1 か月あたりの金額（円）",
      accepted: "1〜999999999",
      unset: "独自の予算なし",
    },
    en: {
      meaning: "the same in a month",
      accepted: "1 to 999999999",
      unset: "none of its own",
    },
  },
  demand_evidence: {
    ja: {
      meaning:
        "着信に求める網からの通知。none にすると、トランクが From を検査しないかぎり、だれでも名乗った番号の本人として認証される",
      accepted: "none、asserted、agree、stir_shaken",
      unset:
        "番号だけが根拠になる場合は asserted（トランクの P-Asserted-Identity がその番号を示す）、ほかは none",
    },
    en: {
      meaning:
        "what the network must have said of a caller. With none anybody whom the trunk lets write a From is verified as whoever he says",
      accepted: "none, asserted, agree or stir_shaken",
      unset:
        "asserted (the trunk's P-Asserted-Identity names the number) where the number is all that there is, else none",
    },
  },
  missing_evidence: {
    ja: {
      meaning: "それがない着信と、番号を確認できない発信者の誤入力が続いたときの着信の扱い",
      accepted: "refuse または call_back",
      unset: "前者は refuse、後者は call_back（1 日 3 回まで）",
    },
    en: {
      meaning:
        "what becomes of a caller without that evidence, or of one without proof after too many wrong entries of such callers",
      accepted: "refuse or call_back",
      unset: "refuse and call_back (three times a day at most)",
    },
  },
  company: {
    ja: {
      meaning: "SMS での社名（{company}）",
      accepted: "30 文字までの 1 行。リンクは不可",
      unset: "このシステムでのクライアント名",
    },
    en: {
      meaning: "what it is called in messages: {company}",
      accepted: "a line of up to 30 characters, no link",
      unset: "its name here",
    },
  },
  sms_text_ja: {
    ja: {
      meaning:
        "日本語の SMS の文。コードを誰にも教えないよう促す注意は、{warning} で位置を指定しないかぎり末尾に付く",
      accepted:
        "{code} を含む、4 通分までのリンクのない文。{code}、{company}、{minutes}、{warning}、{link} は置き換えられる",
      unset: "Honnin に付属する文",
    },
    en: {
      meaning:
        "the Japanese text of its messages; the warning not to tell the code to anybody is put at the end unless {warning} says where",
      accepted:
        "a text with {code}, of up to 4 parts and without a link; {code}, {company}, {minutes}, {warning}, {link} are filled in",
      unset: "the text that comes with Honnin",
    },
  },
  sms_text_en: {
    ja: {
      meaning: "英語の SMS の文",
      accepted:
        "{code} を含む、4 通分までのリンクのない文。{code}、{company}、{minutes}、{warning}、{link} は置き換えられる",
      unset: "Honnin に付属する文",
    },
    en: {
      meaning: "the same in English",
      accepted:
        "a text with {code}, of up to 4 parts and without a link; {code}, {company}, {minutes}, {warning}, {link} are filled in",
      unset: "the text that comes with Honnin",
    },
  },
  sms_domain: {
    ja: {
      meaning:
        "コードを入力する画面のドメイン。最終行に @example.com #123456 を付け、ブラウザーがその画面でだけ自動入力できるようにする",
      accepted: "example.com のようなドメイン（60 文字まで）",
      unset: "その行を付けない",
    },
    en: {
      meaning:
        "domain of the page on which the code is typed: as the last line @example.com #123456, by which browsers fill it in there and nowhere else",
      accepted: "a domain of up to 60 characters such as example.com",
      unset: "no such line",
    },
  },
  sms_link: {
    ja: {
      meaning: "文中の {link} に入る URL。SMS のリンクを開く習慣を付けないよう、ほかのリンクは文に書けない",
      accepted: "80 文字までの https の URL",
      unset: "なし",
    },
    en: {
      meaning:
        "what {link} in a text becomes. A text has no link otherwise, so that nobody learns to follow one",
      accepted: "an https URL of up to 80 characters",
      unset: "none",
    },
  },
  new_code_each_time: {
    ja: {
      meaning:
        "2 回目以降の SMS と読み上げの通話で、毎回新しいコードにする（前のコードは無効になる）。クライアントが指定したコードは変わらない",
      accepted: "true または false",
      unset: "",
    },
    en: {
      meaning:
        "each message and each spoken call after the first has a new code, and the one before no longer counts; a code that the client chose stays",
      accepted: "true or false",
      unset: "",
    },
  },
  unspoken_payee: {
    ja: {
      meaning:
        "支払先を音声にできない取引でも発信する。金額だけを伝え、支払先は画面で確認してもらう。設定しなければ 422 payee_not_speakable",
      accepted: "true または false",
      unset: "",
    },
    en: {
      meaning:
        "call for a transaction although its payee cannot be said: the call then names the amount, and the payee on the screen. Otherwise 422 payee_not_speakable",
      accepted: "true or false",
      unset: "",
    },
  },
} as const satisfies Readonly<Record<string, { readonly ja: Words; readonly en: Words }>>;
