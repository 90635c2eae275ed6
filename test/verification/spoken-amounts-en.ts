/** Amounts as English says them, without "and" and hyphens, written down by hand: amount, currency, words. */
export const SPOKEN_EN = `
0 JPY zero yen
1 JPY one yen
2 JPY two yen
3 JPY three yen
4 JPY four yen
5 JPY five yen
6 JPY six yen
7 JPY seven yen
8 JPY eight yen
9 JPY nine yen
10 JPY ten yen
11 JPY eleven yen
12 JPY twelve yen
13 JPY thirteen yen
14 JPY fourteen yen
15 JPY fifteen yen
16 JPY sixteen yen
17 JPY seventeen yen
18 JPY eighteen yen
19 JPY nineteen yen
20 JPY twenty yen
21 JPY twenty one yen
24 JPY twenty four yen
29 JPY twenty nine yen
30 JPY thirty yen
34 JPY thirty four yen
40 JPY forty yen
44 JPY forty four yen
47 JPY forty seven yen
50 JPY fifty yen
56 JPY fifty six yen
60 JPY sixty yen
63 JPY sixty three yen
70 JPY seventy yen
78 JPY seventy eight yen
80 JPY eighty yen
88 JPY eighty eight yen
90 JPY ninety yen
99 JPY ninety nine yen
100 JPY one hundred yen
101 JPY one hundred one yen
104 JPY one hundred four yen
108 JPY one hundred eight yen
110 JPY one hundred ten yen
111 JPY one hundred eleven yen
114 JPY one hundred fourteen yen
119 JPY one hundred nineteen yen
150 JPY one hundred fifty yen
198 JPY one hundred ninety eight yen
200 JPY two hundred yen
222 JPY two hundred twenty two yen
250 JPY two hundred fifty yen
300 JPY three hundred yen
333 JPY three hundred thirty three yen
398 JPY three hundred ninety eight yen
400 JPY four hundred yen
404 JPY four hundred four yen
444 JPY four hundred forty four yen
500 JPY five hundred yen
555 JPY five hundred fifty five yen
600 JPY six hundred yen
616 JPY six hundred sixteen yen
666 JPY six hundred sixty six yen
700 JPY seven hundred yen
777 JPY seven hundred seventy seven yen
800 JPY eight hundred yen
880 JPY eight hundred eighty yen
888 JPY eight hundred eighty eight yen
900 JPY nine hundred yen
999 JPY nine hundred ninety nine yen
1000 JPY one thousand yen
1001 JPY one thousand one yen
1004 JPY one thousand four yen
1010 JPY one thousand ten yen
1080 JPY one thousand eighty yen
1100 JPY one thousand one hundred yen
1111 JPY one thousand one hundred eleven yen
1234 JPY one thousand two hundred thirty four yen
1300 JPY one thousand three hundred yen
1500 JPY one thousand five hundred yen
1600 JPY one thousand six hundred yen
1800 JPY one thousand eight hundred yen
1980 JPY one thousand nine hundred eighty yen
2000 JPY two thousand yen
2024 JPY two thousand twenty four yen
2300 JPY two thousand three hundred yen
2980 JPY two thousand nine hundred eighty yen
3000 JPY three thousand yen
3003 JPY three thousand three yen
3300 JPY three thousand three hundred yen
3456 JPY three thousand four hundred fifty six yen
4000 JPY four thousand yen
4400 JPY four thousand four hundred yen
5000 JPY five thousand yen
5678 JPY five thousand six hundred seventy eight yen
6000 JPY six thousand yen
6600 JPY six thousand six hundred yen
7000 JPY seven thousand yen
7890 JPY seven thousand eight hundred ninety yen
8000 JPY eight thousand yen
8008 JPY eight thousand eight yen
8800 JPY eight thousand eight hundred yen
9000 JPY nine thousand yen
9800 JPY nine thousand eight hundred yen
9999 JPY nine thousand nine hundred ninety nine yen
10000 JPY ten thousand yen
10001 JPY ten thousand one yen
10004 JPY ten thousand four yen
10010 JPY ten thousand ten yen
10100 JPY ten thousand one hundred yen
11000 JPY eleven thousand yen
11111 JPY eleven thousand one hundred eleven yen
12000 JPY twelve thousand yen
12345 JPY twelve thousand three hundred forty five yen
13000 JPY thirteen thousand yen
14000 JPY fourteen thousand yen
18000 JPY eighteen thousand yen
19800 JPY nineteen thousand eight hundred yen
20000 JPY twenty thousand yen
30000 JPY thirty thousand yen
33000 JPY thirty three thousand yen
40000 JPY forty thousand yen
44444 JPY forty four thousand four hundred forty four yen
50000 JPY fifty thousand yen
60000 JPY sixty thousand yen
70000 JPY seventy thousand yen
80000 JPY eighty thousand yen
88888 JPY eighty eight thousand eight hundred eighty eight yen
90000 JPY ninety thousand yen
98765 JPY ninety eight thousand seven hundred sixty five yen
100000 JPY one hundred thousand yen
100001 JPY one hundred thousand one yen
110000 JPY one hundred ten thousand yen
123456 JPY one hundred twenty three thousand four hundred fifty six yen
140000 JPY one hundred forty thousand yen
150000 JPY one hundred fifty thousand yen
180000 JPY one hundred eighty thousand yen
200000 JPY two hundred thousand yen
240000 JPY two hundred forty thousand yen
300000 JPY three hundred thousand yen
456789 JPY four hundred fifty six thousand seven hundred eighty nine yen
500000 JPY five hundred thousand yen
800000 JPY eight hundred thousand yen
990000 JPY nine hundred ninety thousand yen
999999 JPY nine hundred ninety nine thousand nine hundred ninety nine yen
1000000 JPY one million yen
1000004 JPY one million four yen
1010000 JPY one million ten thousand yen
1100000 JPY one million one hundred thousand yen
1234567 JPY one million two hundred thirty four thousand five hundred sixty seven yen
2000000 JPY two million yen
3000000 JPY three million yen
3330000 JPY three million three hundred thirty thousand yen
5000000 JPY five million yen
6000000 JPY six million yen
6660000 JPY six million six hundred sixty thousand yen
8000000 JPY eight million yen
8880000 JPY eight million eight hundred eighty thousand yen
9990000 JPY nine million nine hundred ninety thousand yen
10000000 JPY ten million yen
10000001 JPY ten million one yen
10010000 JPY ten million ten thousand yen
10001000 JPY ten million one thousand yen
11000000 JPY eleven million yen
11111111 JPY eleven million one hundred eleven thousand one hundred eleven yen
12345678 JPY twelve million three hundred forty five thousand six hundred seventy eight yen
20000000 JPY twenty million yen
30000000 JPY thirty million yen
33330000 JPY thirty three million three hundred thirty thousand yen
40000000 JPY forty million yen
60000000 JPY sixty million yen
80000000 JPY eighty million yen
88880000 JPY eighty eight million eight hundred eighty thousand yen
99999999 JPY ninety nine million nine hundred ninety nine thousand nine hundred ninety nine yen
100000000 JPY one hundred million yen
100000004 JPY one hundred million four yen
100010000 JPY one hundred million ten thousand yen
110000000 JPY one hundred ten million yen
123456789 JPY one hundred twenty three million four hundred fifty six thousand seven hundred eighty nine yen
150000000 JPY one hundred fifty million yen
300000000 JPY three hundred million yen
800000000 JPY eight hundred million yen
1000000000 JPY one billion yen
1400000000 JPY one billion four hundred million yen
2000000000 JPY two billion yen
10000000000 JPY ten billion yen
100000000000 JPY one hundred billion yen
100000001000 JPY one hundred billion one thousand yen
110010000000 JPY one hundred ten billion ten million yen
888888888888 JPY eight hundred eighty eight billion eight hundred eighty eight million eight hundred eighty eight thousand eight hundred eighty eight yen
999999999999 JPY nine hundred ninety nine billion nine hundred ninety nine million nine hundred ninety nine thousand nine hundred ninety nine yen
0.01 USD one cent
0.02 USD two cents
0.08 USD eight cents
0.10 USD ten cents
0.11 USD eleven cents
0.18 USD eighteen cents
0.20 USD twenty cents
0.21 USD twenty one cents
0.28 USD twenty eight cents
0.50 USD fifty cents
0.99 USD ninety nine cents
1.00 USD one dollar
1.01 USD one dollar one cent
2.00 USD two dollars
8.08 USD eight dollars eight cents
10.00 USD ten dollars
11.00 USD eleven dollars
12.34 USD twelve dollars thirty four cents
21.30 USD twenty one dollars thirty cents
100.00 USD one hundred dollars
101.00 USD one hundred one dollars
1000.00 USD one thousand dollars
1001.00 USD one thousand one dollars
1234.56 USD one thousand two hundred thirty four dollars fifty six cents
1.00 EUR one euro
4.00 EUR four euros
9.90 EUR nine euros ninety cents
11.11 EUR eleven euros eleven cents
31.00 EUR thirty one euros
300.18 EUR three hundred euros eighteen cents
10000000.00 EUR ten million euros
`;
