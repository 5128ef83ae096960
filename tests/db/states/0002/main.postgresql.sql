CREATE TABLE public.access_keys (
    name text NOT NULL,
    hash bytea NOT NULL,
    may text NOT NULL,
    since bigint NOT NULL
);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.choices (
    seq bigint NOT NULL,
    customer bigint NOT NULL,
    purpose text NOT NULL,
    data text NOT NULL,
    yes smallint NOT NULL,
    at bigint NOT NULL,
    words bytea NOT NULL,
    language text NOT NULL,
    via text NOT NULL,
    promise bigint NOT NULL
);
CREATE SEQUENCE public.choices_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.choices_seq_seq OWNED BY public.choices.seq;
CREATE TABLE public.contributions (
    purpose text NOT NULL,
    customer bigint NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE public.customers (
    number bigint NOT NULL,
    since bigint NOT NULL,
    restricted boolean NOT NULL,
    sealed_id bytea
);
CREATE SEQUENCE public.customers_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.customers_number_seq OWNED BY public.customers.number;
CREATE TABLE public.erasures (
    customer bigint NOT NULL,
    asked bigint NOT NULL,
    done bigint
);
CREATE SEQUENCE public.erasures_customer_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.erasures_customer_seq OWNED BY public.erasures.customer;
CREATE TABLE public.identifiers (
    hash bytea NOT NULL,
    customer bigint NOT NULL
);
CREATE TABLE public.items (
    customer bigint NOT NULL,
    kind text NOT NULL,
    at bigint NOT NULL,
    mark bytea NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE public.models (
    purpose text NOT NULL,
    epoch bigint NOT NULL,
    seq bigint NOT NULL,
    digest bytea NOT NULL,
    body bytea NOT NULL
);
CREATE TABLE public.outbox (
    seq bigint NOT NULL,
    at bigint NOT NULL,
    customer bigint NOT NULL,
    what text NOT NULL,
    removal boolean NOT NULL
);
CREATE SEQUENCE public.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_seq_seq OWNED BY public.outbox.seq;
CREATE TABLE public.products (
    product_id text NOT NULL,
    title text NOT NULL,
    category text NOT NULL,
    is_fee boolean NOT NULL
);
CREATE TABLE public.stops (
    seq bigint NOT NULL,
    customer bigint NOT NULL,
    kind text NOT NULL,
    target text NOT NULL,
    act text NOT NULL,
    at bigint NOT NULL,
    by text NOT NULL,
    why text NOT NULL
);
CREATE SEQUENCE public.stops_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.stops_seq_seq OWNED BY public.stops.seq;
CREATE TABLE public.suppressions (
    hash bytea NOT NULL,
    since bigint NOT NULL,
    remainder bigint
);
CREATE TABLE public.words_shown (
    digest bytea NOT NULL,
    purpose text NOT NULL,
    data text NOT NULL,
    language text NOT NULL,
    question text NOT NULL,
    yes text NOT NULL,
    no text NOT NULL
);
ALTER TABLE ONLY public.choices ALTER COLUMN seq SET DEFAULT nextval('public.choices_seq_seq'::regclass);
ALTER TABLE ONLY public.customers ALTER COLUMN number SET DEFAULT nextval('public.customers_number_seq'::regclass);
ALTER TABLE ONLY public.erasures ALTER COLUMN customer SET DEFAULT nextval('public.erasures_customer_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN seq SET DEFAULT nextval('public.outbox_seq_seq'::regclass);
ALTER TABLE ONLY public.stops ALTER COLUMN seq SET DEFAULT nextval('public.stops_seq_seq'::regclass);
INSERT INTO public.access_keys VALUES ('webshop', '\x58f6d08b3f7d5fcff60ee54e351f8a34f915c90886ae6322aba014f6dd24540e', 'choices suggestions', 1795348800000000);
INSERT INTO public.alembic_version VALUES ('0002');
INSERT INTO public.choices VALUES (1, 1, 'suggestions', 'orders', 1, 1795348800000000, '\x0d60a207a34a646a10cdac05326a6dbd3af493d695daf24ce8e53ba1cf34115a', 'en', 'page', 1);
INSERT INTO public.choices VALUES (2, 1, 'suggestions', 'page_views', 1, 1795348800000000, '\xa457eae3a07600dfefe22f2f9e6e107c6c04dea2ba2c486356d92b6a117cee08', 'en', 'page', 1);
INSERT INTO public.choices VALUES (3, 2, 'suggestions', 'orders', 1, 1795348800000000, '\x0d60a207a34a646a10cdac05326a6dbd3af493d695daf24ce8e53ba1cf34115a', 'en', 'page', 1);
INSERT INTO public.choices VALUES (4, 2, 'suggestions', 'page_views', 1, 1795348800000000, '\xa457eae3a07600dfefe22f2f9e6e107c6c04dea2ba2c486356d92b6a117cee08', 'en', 'page', 1);
INSERT INTO public.choices VALUES (7, 4, 'suggestions', 'orders', 1, 1795348800000000, '\x0d60a207a34a646a10cdac05326a6dbd3af493d695daf24ce8e53ba1cf34115a', 'en', 'page', 1);
INSERT INTO public.choices VALUES (8, 4, 'suggestions', 'page_views', 1, 1795348800000000, '\xa457eae3a07600dfefe22f2f9e6e107c6c04dea2ba2c486356d92b6a117cee08', 'en', 'page', 1);
INSERT INTO public.choices VALUES (9, 5, 'suggestions', 'orders', 1, 1795348800000000, '\x0d60a207a34a646a10cdac05326a6dbd3af493d695daf24ce8e53ba1cf34115a', 'en', 'page', 1);
INSERT INTO public.choices VALUES (10, 5, 'suggestions', 'page_views', 1, 1795348800000000, '\xa457eae3a07600dfefe22f2f9e6e107c6c04dea2ba2c486356d92b6a117cee08', 'en', 'page', 1);
INSERT INTO public.choices VALUES (11, 6, 'suggestions', 'orders', 1, 1795348800000000, '\x0d60a207a34a646a10cdac05326a6dbd3af493d695daf24ce8e53ba1cf34115a', 'en', 'page', 1);
INSERT INTO public.choices VALUES (12, 6, 'suggestions', 'page_views', 1, 1795348800000000, '\xa457eae3a07600dfefe22f2f9e6e107c6c04dea2ba2c486356d92b6a117cee08', 'en', 'page', 1);
INSERT INTO public.choices VALUES (13, 2, 'suggestions', 'orders', 0, 1795348800000000, '\x0d60a207a34a646a10cdac05326a6dbd3af493d695daf24ce8e53ba1cf34115a', 'en', 'page', 1);
INSERT INTO public.choices VALUES (14, 2, 'suggestions', 'page_views', 0, 1795348800000000, '\xa457eae3a07600dfefe22f2f9e6e107c6c04dea2ba2c486356d92b6a117cee08', 'en', 'page', 1);
INSERT INTO public.contributions VALUES ('suggestions', 1, '\x01a8ceafaa642289a98ec15e38475518fe8e5bc38f460e280311cb9ce920cbeed482643e1bc9d2cd99d3564480');
INSERT INTO public.contributions VALUES ('suggestions', 4, '\x019c4bcfbbe95eae521b4b4083223234b55a9789c8270753955dd53ca34e0200ad1f74189a3aa5bd9d3e6e3e5a');
INSERT INTO public.contributions VALUES ('suggestions', 5, '\x01cb3c9d8feb679e4982268032579f9d2fd1b491baed677b5a9f3520fbc2cb610ec384efba8f02fe5eec743f93');
INSERT INTO public.contributions VALUES ('suggestions', 6, '\x010d011514efd24fbe72608fa1f463c226bd07bf7cac90b5151e50d631aa055ff23125d06b31a27064c7bb760b');
INSERT INTO public.customers VALUES (1, 1795348800000000, false, '\x01bb30eae8e5747a923c1ee6bac0130edabfe9142bfd2d6ef4969f7aa41f71');
INSERT INTO public.customers VALUES (2, 1795348800000000, false, '\x017e2bd7c59e9fca76bde3fe0e21f195017c25547b7aa9f683ee5b8b4c4abc');
INSERT INTO public.customers VALUES (4, 1795348800000000, false, '\x01b84e88f2864ce0b95bc06c143f5bb20fb2550080722b9f86efe543179b91');
INSERT INTO public.customers VALUES (5, 1795348800000000, false, '\x01123a61ac357bbf82ea7f2d613af0f5b0575fc0340801a879793d64a43277');
INSERT INTO public.customers VALUES (6, 1795348800000000, false, '\x012489cddba0e557965d655f104046172badc819bb8ad0b6091ca875c29351');
INSERT INTO public.customers VALUES (7, 1795348800000000, false, '\x0188718cde7922f05259cd0829df154786a38f6ceae6b590b120cfe630953d');
INSERT INTO public.customers VALUES (8, 1795348800000000, false, '\x019fb3aaf23223a231a7255e54336b79d8fbb3d1eea1c18977db498af7f6e6');
INSERT INTO public.customers VALUES (3, 1795348800000000, true, NULL);
INSERT INTO public.erasures VALUES (3, 1795348800000000, 1795348800000000);
INSERT INTO public.erasures VALUES (9, 1795348800000000, 1795348800000000);
INSERT INTO public.identifiers VALUES ('\x0bdfc7642c8ded830f1a60e85835d707', 1);
INSERT INTO public.identifiers VALUES ('\x306aa6feba718a82b31f39fa195884f6', 2);
INSERT INTO public.identifiers VALUES ('\x8d29fc59e06da32b102673feb1602fda', 4);
INSERT INTO public.identifiers VALUES ('\xa325cfb598f61f0699ceebb4d83f1721', 5);
INSERT INTO public.identifiers VALUES ('\x0f05f444f980e444b8cb9eac413049aa', 6);
INSERT INTO public.identifiers VALUES ('\x7fb7eec0ad37f0aafb1301c838cdf89f', 7);
INSERT INTO public.identifiers VALUES ('\x11351807f973b64e5d0f5a467ad29f54', 8);
INSERT INTO public.items VALUES (1, 'orders', 1794484800000000, '\x4151c7a314051cacd7a46fe269a17907', '\x012bf8005a2fc73cc4dfa3c49f2be577e0b358b8ebb6ffb2e4f8244e1d5803bdc9bcb7dea9b044219b217171fb94f3f59f4bef6bd8b3a20a1a1a3fb2759c718ee22b2c6b0ce09baba6055db13f30292f0ba36cddf623ee7d2cf5b4141235483f6224fa190272eda5b614b595eff76ab40199f583a603448c816177bfebd00aacb00984975e5e');
INSERT INTO public.items VALUES (1, 'orders', 1794484800000000, '\xfa4253f6f486acc66ba9795c8532f4da', '\x01a00e6bd7b409fe63cd7ac05d3d897c4958925e50322c062e684dd4d5ea0e586dd51f9ff2af7bd3283ad1d051210944ec9f2e819c9fe86aabf18447124dafff3a3c5d2539009efe9e8a1ffbb39eb1ff02abefac92e3795282aa3679e8c1f40fe71c48d64c0b1a0ee3d35007805bad38c02af0281e68d8b6bc9da9d4f78fed8e2b7b64e7d3ea');
INSERT INTO public.items VALUES (1, 'orders', 1794484800000000, '\x69aa62a7c53088cd421b7fc6a17e3660', '\x01ab8dba93017334bc51a6171fb590679cc223095d91e55a8f382b16e4df06ea6638fd3e7a5321db7a66979bc57fb80a5e7caea4325e99486fe855d6a1f2bed75121a2dba1f306d139c119d4292b9a94fffc428695e19246d7586a40ab415c4e1c80285cd3079dea8335132a767ee8b55d31ac9b46d22db3eea6b4f7ba4828469b87abc3cf81');
INSERT INTO public.items VALUES (1, 'orders', 1794484800000000, '\x7ed7f4358d83f37e169615ac420d67ea', '\x01f5bc1b8ec6dee5c8df3479f6ad396536b7bb4c13eb9e42fda2e448daebc7e1832db475773a1e89a8486e151207e6040337a10cae3b4db76ba6eb54f645cba4f62ea68de25dbd40c667a1d1405056754025fa7c30f26cdd483d65af2ac1916ec07ba9fc685f48ceedf7b87e88c4643b948a3bb16c7f268b786efdd03f33198e9f831cf37fae');
INSERT INTO public.items VALUES (1, 'email', 1795262400000000, '\xb8f96ced9d6d049e1cf47ae8cb8c021e', '\x01dcb4033c526cf01ad9ebda6b6f5087c753d00d1ce13e669aada55f327f6829aaab8a4922f8839cbe16b153c4381e54b9226e6ecfd390473e0165d2ff');
INSERT INTO public.items VALUES (2, 'orders', 1794484800000000, '\x02c4256a07ee4edce891e6f56c0656ba', '\x011a67a7bee4b7a700076e03e482d7c8e55cdbed911d1172585c249ace3a946cda19945690fafa61f2f26d201f66a7da6d0eb797f30559dad8da3dc6802d3d99f126f6b41f404c8379f007380634bd0b9ddbd8400899ff6abb309a1c4de20f2929a601829734e1cc56174dc09b55a20431debf69ce76f24b3ddec394b741c2a9d6a7882b2c00');
INSERT INTO public.items VALUES (2, 'orders', 1794484800000000, '\x92acc21978e996d8c66587121c512f72', '\x01fef9bd008e8fcb8bd67ba664350825c072259a706cf6ccfc19a6b88f70f123f8ece9a266cb8463733ae59faef5e45dbf85bd1be5255004237dd233214ea0e6b3b2f69b83a975e884259b1482445fee7ce500241cc07928441789bf63da6b930d2bd86ccd0681bbbe9b84d52c71bb96f331e9b235d1abe2d945f266c062081c8e2b57b3e2f9');
INSERT INTO public.items VALUES (2, 'orders', 1794484800000000, '\xa66878a076e110a31eb42c35a960172b', '\x0157e2d6d3aa628e2aa8267bf1fc16356b2bdc9c6ac8e3a492c5ce08752774ea58f9d0132c5d5754d54f40b5ef3c7698bf169fee1ac7e7e7591fb65d7e7903cd76a32b3a8f75b936f46718e0437d84fa518e4211e492e32982b65449337d8a1e1aa96a67bf6cb46953f98cff75f4fe1fa69d28aeb3d5545b9954aad0bddf6673cff763f075de');
INSERT INTO public.items VALUES (2, 'orders', 1794484800000000, '\x48b4c8cdc8986b1c5889f6aaf3088b73', '\x01bd4bc40d31e390966f01bbfcb68f1d72451f279f4e7b76ca15f41b4ebb490cca4cedbf2720f93504a1068393f951aa449c1dab23a1157438cabadd4768cf9a3d3d7b07087d3be5b73fdb9a0f48f8ac620d5c316b2fe1b6b3986557002b896d161fa6c61f33088555a5adae9a9026c31546f7d823ddbcc1767050c7081380b53651f1b6e375');
INSERT INTO public.items VALUES (2, 'email', 1795262400000000, '\xb8f96ced9d6d049e1cf47ae8cb8c021e', '\x01c905df51acd2050395c4f8f8b2d20dab3cd19f75849a8ad0346520479b0adbbde587528dbaa755c32a425d3735b0bfc6bf8470042b73705c6e03f0cf');
INSERT INTO public.items VALUES (3, 'orders', 1794484800000000, '\x482a3a54196117306f7b29b387a7a1f7', '\x016742977edf5b22658f8eb4eefe7ce65707eff920e1d91f243af6c358336a880c7289edbfa6fb6c4dce075be7b163a4f48b922195306cff4d981011b0462c54b5a095793445cbde7a6ec0d37567bed0af80d614e52d49a01de0470ab1bae2baba23c740787fc1bd55e4abb4d97974a5f4a652c07a42b15358d56dee4aefd851ce812f970a13');
INSERT INTO public.items VALUES (3, 'orders', 1794484800000000, '\xabc59f6887ae79668fd969bda1ea7583', '\x012dadcb2d103969628b1bd5d289a9bde58f0a60cd797ede4dc2faff46f837a2323f59e96db11ff557f047ec9e1b304f1efae53f8a9e7c9fa0d269d14b381f32fb3355c7e8706ab6242ae1f9201dce56a32dae2ca110c35de17ba9c947ee51604f1e5a9cdfc559bcd82c437931bfbf4baa88f7a563d6eb1a82788bc02e31cc5c0e19d12b7cdd');
INSERT INTO public.items VALUES (3, 'orders', 1794484800000000, '\x35e9fc743112403bf5c88d4ae4ef7a37', '\x017a490b1c36a9583faadf9de73170665973bfb08f7a280eba9fe43f58b1d6c84c861499845d98553156fb5d6d52c393bd815c5e00212b6492e011c1b5084ca65a174d3587d15f8aab9f24c2e61c721937f0f1758badc916de9aec9ded1bf6d2ba285a7f6c73c94e7f4afaad2f9ce15b89ea913b36fc3a7e3c085165f8b273c45d037f39fa73');
INSERT INTO public.items VALUES (3, 'orders', 1794484800000000, '\x05617a8f62cd0c0ea0932496afec3495', '\x0145067c829b04de24c4aeeaef926c17aae35365d92375d04892792d027278c07d80fde0f15c208ce0a9a2ecbf407a230180901410fa5709f99dcc6600b3dad1d080344bbe2089e8bfd15c3df7e85fe22ae912d93d603f366ccf13d627fe92d84cdafd5188e3fe4f64256c7da51806de8e97a31edf7a4cd26eacd78cf7148d05ea224a8ce59f');
INSERT INTO public.items VALUES (4, 'orders', 1794484800000000, '\xd767a3088336e87ec2d467f8e1f6e6b5', '\x01405b0a3d1777f51d6f9d81160579b47210f739a7bd2d0c6c6cde71098f836cf23fde396001a6911d3acbe8823ebd0057a83a3e8b098684a37eaf3055130c23de91446d7aee55c8e7d284bd6efc01b8704dcd35b2ca5a2411de12ca4e1ad354cf8cff8648fb23402e980f0339d34dd19cedf29567c7d9d1eaeae83bac6ff90497c12e1dfe92');
INSERT INTO public.items VALUES (4, 'orders', 1794484800000000, '\xce82bae962aea0a781c82066fa9d3d60', '\x011201799f9229177752266cb077f5df57d912a851a3a7cebe53f420268a787662539b179a454783fb881cd5f2b1954dcba1e5af430f28721bb45da9813c3e2db76e5aea5c8df1b8957e3210e78f362d4d29ec64a2f298f763bb20a0d7d14c4dde6008d9a0b54262dd0ada2be365012468e7f0a287ceb86a349cb810ee5be288c2da840019d5');
INSERT INTO public.items VALUES (4, 'orders', 1794484800000000, '\xb1736b2266ff715364c5a6e629b2ef75', '\x0158c428b8cd01ae3855f3ca781c63e5766005b9e9b0bd45891e7e5bba62e517cf29179894b77816dbbc6b5215748de9917295c1548d040ea9fe8b52376619035fae79658ce567665cb57a9fc627d6bfe8d89ec16dfd3c7cee4b84e7d588daf12486993663131d4d83c76b8b7c669f4f16deec778d34841858f45d2d715c84ee7d3d3b04d10a');
INSERT INTO public.items VALUES (4, 'orders', 1794484800000000, '\x292bb26491f7faa62be99fd43bb6fb63', '\x01f3a64a62f03916922af08fb5c619a40c4c2a699607731e09416b29d915618be19990ebf7ddc030778add4fa7c67c23d55f14c3687e204e704651deea07cfb13c062ef641be0a71e7206de747c164f3e11eef000c10efd760748c19695d25660541a429e87f85515153b446d040bc1a2cd760dc8baf2abd1c52099d6c0bd01184eadd33f97c');
INSERT INTO public.items VALUES (4, 'email', 1795262400000000, '\xb8f96ced9d6d049e1cf47ae8cb8c021e', '\x01ff84129fe60ef773a95e4914fc56f2e5d5f45308faf4b4d9a674ae5ed09e43f0924b0334e1b210686ee9f087fe4f7d381ab2e55eb00a980404bf1128');
INSERT INTO public.items VALUES (5, 'orders', 1794484800000000, '\x15eb25f4f7c5f504cff0948787648302', '\x01b629cb4aabfe951ac4d785c853e9725772506e8db805d762e742b999740efb99ffb3023f6f9ca0b7449d87b84aa614e70bd0554ad2bfcf9d986d430f3250baa40611284711143a472ff6a5a5646fd3d513db55715f7295d1bcbf75f2342aa62c3f98de80b8577095ca7c9cf8f92d980091926d6383e0dd8bb88486eab2098bc224d4128fdf');
INSERT INTO public.items VALUES (5, 'orders', 1794484800000000, '\x1786180ec607b90ef5917f3069197c40', '\x0105e999056d35e0726646d9bbe0faab95438080427abb96524798fe54b5236f1d2f6730792e6b0e4ebca1696f7252dc0df82ff79f2496896b1725868bca1775cdbb280d480426cd494f9f892e08b45e53d7d954cdf1418b399e5c2d8c9f26c66fe22407aa1faae2dbed2ca22429ddf031b908da0287cdfd35471db911e0b2416d6d25e9551e');
INSERT INTO public.items VALUES (5, 'orders', 1794484800000000, '\xa028f9f44b6ddd0b040964ac6b68595d', '\x0101c5153f5f867c400b7c9973834c2c322bfcf9e0426036ba1ad1d4994b9416f1ceea3071d50f6af30712e95c1b01bca5eea392d6fdd8775a29584718829e487671f3a54d321672ebd7314980c9f2c4a49f0a05b5e68c59babf3301925f73fd15a17cf9001f08c347bf6447e77af5e6446f276deccb45ff2d9cd97dd411ce020173ead26f08');
INSERT INTO public.items VALUES (5, 'orders', 1794484800000000, '\xead0815373cf5fcf10402ba75c848cf4', '\x016fde1d11ba2e7440c6232bf99c9d3bedf73cf01d0a248ed3837e53b8b7ed929e761694b080f273bfea332c2bbed0ac3a4c1e6f16bad5f2c1c5bd825f49d0b3ec2eba1d1e4f1e50c517a2647e10aa5c320da0e09cf14901cba39cdc2a29160ee84f0e3cb1e118893a17205f12398564ee890b117988362d3a331402ac3e50c6177b88d8ac15');
INSERT INTO public.items VALUES (5, 'email', 1795262400000000, '\xb8f96ced9d6d049e1cf47ae8cb8c021e', '\x0112f28010fdba45bb7907a209eac3484aa999ad5d7ddac0648bf2efc998022215ae886bf48a6377deb9b19a728e351db84a5d06355689c8f5fe87d88a');
INSERT INTO public.items VALUES (6, 'orders', 1794484800000000, '\xfd30a73fa6aa385b1e10e0611653dde5', '\x01043690e32caaa56e1247cc905eb47a2e8ede9808cc1ae507d079671767d0505c1d9d138fb2d08d0d41768c315286fcc0e4c876222f26f3a05167e8be2dfb521b01496a32d7886fb215ff9ca0e248574711b148a969c9f89e2123750c6b2203de0064c0304ecd3f822391576c6b14f36d80c67190c6b06708c195d6d314cd7734a24f99dca1');
INSERT INTO public.items VALUES (6, 'orders', 1794484800000000, '\x8bb209fe4266fb76aae9793583347db0', '\x01ae635776264ca4b22e794974689780468a85bac81cecc6568d64767201a2f380835a046c4659552242baaa301a307e064307efbfe77a5c7c31975065c3c0cfc97858a43146dd4f18e6f3e9dfbedb8c88baa88d8890540b9f9c4f68f7a3c895216c6302e022c8a117acff5709034e894a6a7a915a2cf1e2289a5b78e1b79713b810855749db');
INSERT INTO public.items VALUES (6, 'orders', 1794484800000000, '\xbadab5039e662449de2843c3e0bc172b', '\x0125f05a7c73731c1dff6f2cebdf5f196a560375f33f9580252539b133a89da077c30fe232ceda2bf497b8c353c177a021f645689a3db887a57b4f9153510fbf3d75a38971020fd8bed10209c5fcad30e58f71bfbbc9858b4b98858d3b32a26c5f3ef4e6be4b57bc996550fe32fb83e4c7b4468a37af0eebdb6a8c67bb394adfdb801201dbee');
INSERT INTO public.items VALUES (6, 'orders', 1794484800000000, '\x95b6803ead1ed21f0478531b7ab37b26', '\x013ef0114299015f8075b8b85a53af777ec17deb9a9ce4c613943a7b71ecab010060c147eaa1eecd266b4dc84d565adef1044bf0de83a6f85715c207a234cfa60306a0a4cb3f9bc430b67e933e3b5740a544294a1d4bf6be2a45ea6bd11055e1b2ec0ac2c877f297e3a287b4b0703c7497657478a2066bbaaa01c6a3f5523981939091afb847');
INSERT INTO public.items VALUES (6, 'email', 1795262400000000, '\xb8f96ced9d6d049e1cf47ae8cb8c021e', '\x01a603f2f644778d0a9bf8701833901791ae82f3033241a3bad3b38192359d3528e919f75a53cd20dc503b64648af5b723a0c00cec3d397984f1c2d7f1');
INSERT INTO public.items VALUES (7, 'orders', 1794484800000000, '\x579e2a458f5d6b35449748b28d38b43b', '\x010f8e46a45195f0314a5c67231f2855dcce30337f3188011753d981338159ef499f6ec3403a8baa7074c3e070b5764f2d36b4fcf4646ff62bb3fd949d4d8a7438dcb096cf0c9c1d51947daf40bb838d879478bb1c294cc428f1a3eec800fd95baee132766a1225da0764f5425f7fb50855d0e3c38e714d62dd05470cac68f5ee12ae6fe42de');
INSERT INTO public.items VALUES (7, 'orders', 1794484800000000, '\x7752335109b6d191dae83d8e67493c0c', '\x01011485d14e8ac6ab64d3fc15c9af3c63f1ecad1b8f5535a5c50d46a887c62d4623d1a6c3fd3d08ee226deaa3e04efea79ec8aaab73a8ba1f672afe4617a562c14c82da76dccdae3f424d046a36f4cac67bad03d8e44b5a297534316c1e71cfb906d794e162b0cc57429e4cb483f3366651977dac461b6d032c8fe353f7d44dd1be53ab569a');
INSERT INTO public.items VALUES (7, 'orders', 1794484800000000, '\x3d0aee1e5cc2511ec8ae5dc923ecc6b8', '\x01ed0448538e92a31cfa9ee971dce0d4a03eb60a2866263339cf29bc2abc10e2230a95fd53821d3cdfade24e17b2cf58fd67154660cf53e0f6f18b2bf81ab92fdb93dd0113ad15aab1f25aa65d0f44b4981a98fc3000fee77faccb1678b340b00bb0609aea53f35ce5335292f691b77103b3e256507fca423c7708dc4fc85e3f25f4848a52f0');
INSERT INTO public.items VALUES (7, 'orders', 1794484800000000, '\xbbe1d411bad2f81a345cc92d9f52162c', '\x01d41dfa9484d8f39ac62aa4a5a2eb4ba906d030023bba39a42f25971c98e471a39efeadde3cf30d64a812bf6b87df345a74bd77fc45d0fb293968c4ee0aa33ab2787f1c96499aac14f350402bf7e04a186562c573064845efc9775ab5d6a9e80b15f81157a9fa1a64cd4d938fa6b3449e0f2da3b87d7161b3f6c0b0cfbce312410e8f2eb287');
INSERT INTO public.items VALUES (7, 'email', 1795262400000000, '\xb8f96ced9d6d049e1cf47ae8cb8c021e', '\x0169fb38b85c80567605c36c23b48c5f1b8b75d38a993f78cbe916ec139766dda2b297edad57faa397495474cf8c2d10b540dd04cae88aee35e41bb5f6');
INSERT INTO public.items VALUES (8, 'orders', 1794484800000000, '\x690a85d219b2e1c3c646eca6dbf40949', '\x01e3805288af3458fbeac896dba0acb8c585f87e6a126a8f3ab9667c2009cfeef63b8a642751310a202e8db702a93fb2a2c4e0ed9c29d4a8cba322ee02ca6054d14aae330ca8bc80ad913fcef5e886f2fad04fa5cb96be13542699137167e6bc009dc7b52e9e6dac787e7c2c17b58ee7ba3d42fcdaba0231ac2eaac618ebcb8b9ff8b18468d8');
INSERT INTO public.items VALUES (8, 'orders', 1794484800000000, '\x2f0cdafe2a22cf0464b03dc961963f62', '\x01d866ad9cfdfab739894b011b5192cabd41f8cb15710da3437b0da7ba019bd9aec1995b69a94f4ac99e25cd1facf766f450665da865452a0a379cda646baa75f748f635d9490fce5b2b8bf7e1d3128a3b6259331ce4dc8008514762245d3cf96eb66364cf265b9ede4ffe7f77d3e004ab911edd228c6a24e2f751f7be85c6e32ed3ca9c4279');
INSERT INTO public.items VALUES (8, 'orders', 1794484800000000, '\xe0ebb854c9d9e403a94d5411836cfff4', '\x015303e675c0beb4801a043fd83a1e0bf4da497ee6e1955f989dc36fcd8e57dbc73b2578062bdbcad516494d4870ffd8ab1b49267bc3bc3b30363267cf265275408a7e857ed6c24a7694f09e0a1ddd4c4e9f5d75cf359854ab181a720ccf83992ec4ea285baa8043e21e7f54af7629d0cae002232ee4ef0c9180735b58cb42f928e380c069fd');
INSERT INTO public.items VALUES (8, 'orders', 1794484800000000, '\x0e384d9a16e7075ba408b979d5f093e1', '\x013bbb78d6d2091d0a920d1895923cefb791231c5aa9a2d6aec2fb3ec12c562550dcd06617a2def90702ab8e85813ead2e708eb1ee93a8aa714320ed8185f52d08406216fdc775da731d15bbd0558f328bf9e75e0469de5d55bdd3ccac35a6b0139dee9e3ba11b3d1e830abdd1d9a3bd30f5268d140d9da6c3f8d373ad49cd0636c33c20ab7b');
INSERT INTO public.items VALUES (8, 'email', 1795262400000000, '\xb8f96ced9d6d049e1cf47ae8cb8c021e', '\x01165acc5e5e5bb00f99c7aa6b545a5886bff016a19cfa1861bf02c621e220d4f6ff81d9793d60fca48ed9bd32ee93fc867943ec2489198ab1e168e117');
INSERT INTO public.items VALUES (1, 'page_views', 1795345200000000, '\xac4af0d85c7e460e0c9d9ad0511f5535', '\x01a8ae97fb3d67b1238a1f36d783c2e5c40fdea9120d0c2a4804e25d708c1e7208057ceefe3476f000b3973c78ee0c1421325585f220561bc8613118');
INSERT INTO public.items VALUES (4, 'page_views', 1795345200000000, '\xac4af0d85c7e460e0c9d9ad0511f5535', '\x01641dfb59f9506333e0a05b54071b7c8cffe670c246c5bcc0ec4587be53a0946960607906dc0c4f587c49a011014a88bae74da811e22da7e2a585e9');
INSERT INTO public.items VALUES (5, 'page_views', 1795345200000000, '\xac4af0d85c7e460e0c9d9ad0511f5535', '\x013aad0f5a80356a22c0d16ab55cc41689b9db2bc8b5630fefefad31bb517138b3cc93e0268651f706f7d874e1ae3e297a0bad3bedcbc4763b871167');
INSERT INTO public.items VALUES (6, 'page_views', 1795345200000000, '\xac4af0d85c7e460e0c9d9ad0511f5535', '\x016f9e16b09b1185d140edc938c7f3abdb27d76c4176c1820beb853efc7c08add6af1b056e04afec52df2f43c8fa687b54670e5ab47a36fd7baf0e38');
INSERT INTO public.models VALUES ('suggestions', 1, 33, '\x64fdb5ad9da610689325a9c9103fb9e6c5f4b24d20bbcb6ee9e884807acf1bf6', '\x8ca66e756d62657201a56974656d7396a27030a27031a27032a27033a27034a27035a57269646765cb4059000000000000a46b65657032a7737570706f727403a764616d70696e67cb3fc999999999999aa776657273696f6e01a57465726d73d94035633836376438316438343564663736666266353965653632333434316438343234343733393833306330663139326639656539323233353566336264393530aa706f70756c6172697479c418040000000300000000000000000000000000000003000000a6737461727473c4380000000000000000020000000000000003000000000000000300000000000000030000000000000003000000000000000400000000000000a7636f6c756d6e73c41001000000050000000000000000000000a676616c756573c4200000005c756f953f0000005c756f953f0000009c10e7963f0000009c10e7963f');
INSERT INTO public.outbox VALUES (33, 1795348800000000, 9, 'erased', true);
INSERT INTO public.outbox VALUES (34, 1795348800000000, 4, 'restriction put', true);
INSERT INTO public.outbox VALUES (35, 1795348800000000, 1, 'pause put', true);
INSERT INTO public.outbox VALUES (36, 1795348800000000, 2, 'pause put', true);
INSERT INTO public.outbox VALUES (37, 1795348800000000, 4, 'pause put', true);
INSERT INTO public.outbox VALUES (38, 1795348800000000, 5, 'pause put', true);
INSERT INTO public.outbox VALUES (39, 1795348800000000, 6, 'pause put', true);
INSERT INTO public.outbox VALUES (40, 1795348800000000, 7, 'pause put', true);
INSERT INTO public.outbox VALUES (41, 1795348800000000, 8, 'pause put', true);
INSERT INTO public.products VALUES ('p0', 'Product p0', '', false);
INSERT INTO public.products VALUES ('p1', 'Product p1', '', false);
INSERT INTO public.products VALUES ('p2', 'Product p2', '', false);
INSERT INTO public.products VALUES ('p3', 'Product p3', '', false);
INSERT INTO public.products VALUES ('p4', 'Product p4', '', false);
INSERT INTO public.products VALUES ('p5', 'Product p5', '', false);
INSERT INTO public.products VALUES ('POST', 'Postage', '', true);
INSERT INTO public.stops VALUES (1, 4, 'restriction', '', 'put', 1795348800000000, 'case 17', 'accuracy contested');
INSERT INTO public.stops VALUES (2, 5, 'hold', '', 'put', 1795348800000000, 'case 18', '');
INSERT INTO public.stops VALUES (3, 5, 'hold', '', 'lifted', 1795352400000000, 'case 18', '');
INSERT INTO public.stops VALUES (4, 0, 'pause', 'newsletter', 'put', 1795348800000000, 'Tom Weir', 'new sender');
INSERT INTO public.suppressions VALUES ('\x764b78c0a7b70784d9303b34fc5d2091', 1795348800000000, 3);
INSERT INTO public.suppressions VALUES ('\x869823c705e7a0c752f968f08dc9e640', 1795348800000000, NULL);
INSERT INTO public.words_shown VALUES ('\x0d60a207a34a646a10cdac05326a6dbd3af493d695daf24ce8e53ba1cf34115a', 'suggestions', 'orders', 'en', 'Use your orders to suggest products?', 'Suggestions that fit what you own.', 'We show best sellers.');
INSERT INTO public.words_shown VALUES ('\xa457eae3a07600dfefe22f2f9e6e107c6c04dea2ba2c486356d92b6a117cee08', 'suggestions', 'page_views', 'en', 'Use pages you look at to suggest products?', 'Suggestions that match what you look at.', 'We show best sellers.');
SELECT pg_catalog.setval('public.choices_seq_seq', 15, true);
SELECT pg_catalog.setval('public.customers_number_seq', 9, true);
SELECT pg_catalog.setval('public.erasures_customer_seq', 1, false);
SELECT pg_catalog.setval('public.outbox_seq_seq', 41, true);
SELECT pg_catalog.setval('public.stops_seq_seq', 4, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.access_keys
    ADD CONSTRAINT pk_access_keys PRIMARY KEY (name);
ALTER TABLE ONLY public.choices
    ADD CONSTRAINT pk_choices PRIMARY KEY (seq);
ALTER TABLE ONLY public.contributions
    ADD CONSTRAINT pk_contributions PRIMARY KEY (purpose, customer);
ALTER TABLE ONLY public.customers
    ADD CONSTRAINT pk_customers PRIMARY KEY (number);
ALTER TABLE ONLY public.erasures
    ADD CONSTRAINT pk_erasures PRIMARY KEY (customer);
ALTER TABLE ONLY public.identifiers
    ADD CONSTRAINT pk_identifiers PRIMARY KEY (hash);
ALTER TABLE ONLY public.items
    ADD CONSTRAINT pk_items PRIMARY KEY (customer, kind, at, mark);
ALTER TABLE ONLY public.models
    ADD CONSTRAINT pk_models PRIMARY KEY (purpose);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (seq);
ALTER TABLE ONLY public.products
    ADD CONSTRAINT pk_products PRIMARY KEY (product_id);
ALTER TABLE ONLY public.stops
    ADD CONSTRAINT pk_stops PRIMARY KEY (seq);
ALTER TABLE ONLY public.suppressions
    ADD CONSTRAINT pk_suppressions PRIMARY KEY (hash);
ALTER TABLE ONLY public.words_shown
    ADD CONSTRAINT pk_words_shown PRIMARY KEY (digest);
ALTER TABLE ONLY public.access_keys
    ADD CONSTRAINT uq_access_keys_hash UNIQUE (hash);
CREATE INDEX ix_choices_customer ON public.choices USING btree (customer, seq);
CREATE INDEX ix_identifiers_customer ON public.identifiers USING btree (customer);
CREATE INDEX ix_outbox_removal ON public.outbox USING btree (removal, seq);
CREATE INDEX ix_stops_customer ON public.stops USING btree (customer, seq);
