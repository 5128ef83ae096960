CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.customer_keys (
    customer bigint NOT NULL,
    kind text NOT NULL,
    epoch bigint NOT NULL,
    wrapped bytea NOT NULL
);
CREATE TABLE public.epochs (
    number bigint NOT NULL,
    wrapped bytea NOT NULL
);
CREATE SEQUENCE public.epochs_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.epochs_number_seq OWNED BY public.epochs.number;
CREATE TABLE public.named_keys (
    name text NOT NULL,
    epoch bigint NOT NULL,
    wrapped bytea NOT NULL
);
ALTER TABLE ONLY public.epochs ALTER COLUMN number SET DEFAULT nextval('public.epochs_number_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0001');
INSERT INTO public.customer_keys VALUES (1, 'identity', 1, '\x01d92f34123de670f0f7b913c86843fa9e2644e5437c9adf7df549315037a41888840bd5e25939e3f3ea38352b748e428d39986783c6cbd85003a62db9');
INSERT INTO public.customer_keys VALUES (1, 'orders', 1, '\x016cc7fb04a870bc305aa04913f916d8ef51cb4c40354ed047293ad4196e26d784a96e06c86807287f81587963f91634a5c323ec8a4580897c57f5e4db');
INSERT INTO public.customer_keys VALUES (1, 'email', 1, '\x01e39018f8bf8c5a5bf43bd0140cd5a3edc5ed01c5345b5e9d5ddb1f457cb02fda8d6744fc3db973d18872415c97a3f61a020457054fdfe3260cf961d2');
INSERT INTO public.customer_keys VALUES (2, 'identity', 1, '\x010a76824aa61c51963810c692171a4a03e9875e9e1c9b30d0fc46c32590a5dfa287f3a6eda5ffe150800dfb6dd7d3a3707e558e3ca9084e5357cc9f15');
INSERT INTO public.customer_keys VALUES (2, 'orders', 1, '\x01c1065edffff18fb7821d685dda9e960502654e65207dae20e525d60783e2f95a88c621e6a551f87c6ffd831223a4f29f2f3973564960c8435f910fb6');
INSERT INTO public.customer_keys VALUES (2, 'email', 1, '\x01b6ee11ae2073f6384d4d98ea4bcda82dd05da8b275538eb5b642065da4aa37a85e0bbdb6df07da1bb2506f923f7c13f6d3a9e663cd76e6d33c78838d');
INSERT INTO public.customer_keys VALUES (3, 'orders', 1, '\x01907029ec717369f9ea38f206585ccbe761365b5a7fb6bec444c3c6dbe1da95b5e4616ba7de8399c9c99785a2d6469af6376f349f43dcadeb113fb393');
INSERT INTO public.customer_keys VALUES (4, 'identity', 1, '\x0114e85392a7aaa94afc921c02f1914e202c1cc8fbdc5bd6bb9cf417c4eb0f43b8d7e1e1cf45de6f91f587ec9bc590610a5414583c0a7656550dd848c3');
INSERT INTO public.customer_keys VALUES (4, 'orders', 1, '\x0187905b240bb1117dbfedea7fc4e75d8c8da7ee68f2da9ab1c6c5c374e47a28c937bf3a9bbfc6247b06f0e99f1ef2fd98babac19bc1f5deac8d0741e8');
INSERT INTO public.customer_keys VALUES (4, 'email', 1, '\x01b3e57894cec8761a4189a588c7a5b62ed0ca53f76f5c05095376e638ed57fd3f17550c0a1d255d6fdd736e6043bd3c495963e8ffb3332b063d327e64');
INSERT INTO public.customer_keys VALUES (5, 'identity', 1, '\x016727ad023662fb2a2a4d74bf2611508e443d3fb54b7c14e8e6ebb506fd33ce12c72a58e06ee4393455483925217b5d3247bc4229e6be9bfbb85397fb');
INSERT INTO public.customer_keys VALUES (5, 'orders', 1, '\x019557b304c936b56af024240597e8ca07a0f71f2be4e18c93b7fc4480821c82149fc3fd3f1c2b557ad0e206010554f88b3bf0ff3d642d41c0e4db7cc8');
INSERT INTO public.customer_keys VALUES (5, 'email', 1, '\x015d8a5602ab03fa9a450b095ce3aae9c8092b873769237c20e2367b763d0e2f716bab4368df9d98ba7e6492bbb08df53eb97a9da3e2dc9c37e13d3e7f');
INSERT INTO public.customer_keys VALUES (6, 'identity', 1, '\x01c97abe073ae343c93745a352a16da3fa2d7c44cdfa7091485620213e5772535f0a5c6e8addef089aa57afeba2a789e63a467e9ca6af8175cef990c2e');
INSERT INTO public.customer_keys VALUES (6, 'orders', 1, '\x015ca7c2e5fa8527a18227b09487d731262778a7c667492df08063fdd7ef6336cf0133b5c7e667ef28cdaed4d87bdcc2018a7838a23b4fbbc6d05bebce');
INSERT INTO public.customer_keys VALUES (6, 'email', 1, '\x0195db1e4bb19f64bebde9060a0d69b1a90e1e1b0eaf234b60a13259b4137c18b6e82bb1d68770e557129c79b4f25962e0b68b73fadf536c657cb5f778');
INSERT INTO public.customer_keys VALUES (7, 'identity', 1, '\x010242a0a9841aa8e3a3d2216a312a7b843fd04801fb1f9e443de406f9e44268a034a48761daa1516aeb74d57308f65f25986fce3d8a97a5c87c207831');
INSERT INTO public.customer_keys VALUES (7, 'orders', 1, '\x01657592745c5bfdb0734cca544dfd8026e533102144615c88210c9bc18848c9d9431fbbf2aedd7ef4b427128dc32eb78a5c883285d71628b125abcaf8');
INSERT INTO public.customer_keys VALUES (7, 'email', 1, '\x0198a9ef48e9a8beb16c46d64ea2c34885ad0cf67f871d2fa8173d2e320cf761e342bac4a10577ad62cd59812d96768746ab88ef2c4f84636e7b081fe8');
INSERT INTO public.customer_keys VALUES (8, 'identity', 1, '\x01b7a140623a04572924c1837b6110f1edf75f343e7080a8d3c753f31252def9867cb4c15debfaa18366fa77e7e37df34076703a8fdc5ddc89a717e51f');
INSERT INTO public.customer_keys VALUES (8, 'orders', 1, '\x014efa844c2ca0251040ee6c05ea66b2e0393a6c3937c0fb34bbe649fc3266c8df90597f7915dc7883fb62fcdbb6213bd64622f1ccb748340f47a5141a');
INSERT INTO public.customer_keys VALUES (8, 'email', 1, '\x0100fcbad067a74e473a776252fc69d5593c9af2d05f330d15a3afc11149640af655dd22027a3cb26bbd71795609de4b2985d2369f0ba568c738387e96');
INSERT INTO public.customer_keys VALUES (1, 'page_views', 1, '\x0164e9d93d941f19a4c12a27a5f2419eddd33490fb46a6b299478025dcb7a43413a7ee9468dc26bbae8bbccb5191033a1aa4a03ecbf84c52d1225450db');
INSERT INTO public.customer_keys VALUES (2, 'page_views', 1, '\x01b5b4eff648c81b9bd5b291bfaade58ce2da720be0b7f1f83de0f96f4d7225f675113bf5f91af23b34115a45269689c4b7607a75f23b5cd9623a774d8');
INSERT INTO public.customer_keys VALUES (4, 'page_views', 1, '\x013daed409499ee7074f73212fcd9de6f1bda968bbbb7dcc6c2d9ae2e6ef07371a68727fefd297780359bdaf09f48c217b9b5d8a8792a270a584c840f3');
INSERT INTO public.customer_keys VALUES (5, 'page_views', 1, '\x015c8f0c85d701a1d7d27ad3a0b0064f6964e647ed185d97c5173aa76efc01fd0e8c2c8f8712ee5949d25563729eaccf2eb3179abeb3217288326169a1');
INSERT INTO public.customer_keys VALUES (6, 'page_views', 1, '\x01984c1ab1d5b9753715b06f98bfc28c1a2b7565311acce1dcc7b6b6393b4fc96fcce1491ae488ff057233411f9e1baf547c04ba7a51878a287d94d9b4');
INSERT INTO public.customer_keys VALUES (1, 'model:suggestions', 1, '\x013705f720f10483ad326210f4125927297a93f762a5b3d2637470b4e588e8f29069e987cc84cd37f62a4b48e46682b5239fa3d9d532f134af9193fa07');
INSERT INTO public.customer_keys VALUES (2, 'model:suggestions', 1, '\x01e2bc9a7aa92cfdf794cbf64dbdc2a9dd6c0d50d6e81dda44d30e3e05389f17312942197e9edd762a7baebab7b3cb1cfa9b91232da9eb062a9dc527eb');
INSERT INTO public.customer_keys VALUES (4, 'model:suggestions', 1, '\x0134d04de09a2d1e5dbffd35120ecec2bd5c4ed4dd94ab4b93bf062aa311d0d549e0222bb65a94dd3efb6482c3dae412b86f4b66d0d9a55023791b57b1');
INSERT INTO public.customer_keys VALUES (5, 'model:suggestions', 1, '\x01a9fabd0a8adc8065ba6f1b5337f39baaa65705216deff9eb31e80233b178e4f34643b0fe72ddefedce77993fba430092c972628d95b97cfc2f119cd2');
INSERT INTO public.customer_keys VALUES (6, 'model:suggestions', 1, '\x01adc361e922d50bc5e56ecd66c4c4fefde03ea506e1c4ceb07cf0394df4f07d26c9033817b3bbc84c02ce1b98240abd2ff82d8b31f78b1fe02521d70d');
INSERT INTO public.epochs VALUES (1, '\x0134d4c32599e7ecdaab04c72e4fab61652d2c5f5a36a38b5bd8255dc2b08275aa93b61c37365c38336ecf947b6d532f4ab574f4e50622b8ed4d04e2ed');
INSERT INTO public.named_keys VALUES ('identity-index', 1, '\x0194691a8f4aa71b5816be0f83ccffc3b3a66a37a5763247de42682b64528a5f0019217567e13b085ef8dbf23fb9c8fd51aef345142bc2278d80ee5241');
INSERT INTO public.named_keys VALUES ('item-marks', 1, '\x01b441b21afe45aa83bc81f67afea349fe5b7431645d5a8c47d51eba8f455b6966f251bc85fc3f904680cb7f5a06ede09147f5f2d70189e1ce7630e25f');
SELECT pg_catalog.setval('public.epochs_number_seq', 1, false);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.customer_keys
    ADD CONSTRAINT pk_customer_keys PRIMARY KEY (customer, kind);
ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT pk_epochs PRIMARY KEY (number);
ALTER TABLE ONLY public.named_keys
    ADD CONSTRAINT pk_named_keys PRIMARY KEY (name);
