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
INSERT INTO public.customer_keys VALUES (1, 'identity', 1, '\x010428454bae698f46fcf65353d0d93a80a1c292dd3d5f2670511e1f9898f037d5599bb636d1e1df4f9ecaa95247e214887ffec6c913bfe9b5489592f7');
INSERT INTO public.customer_keys VALUES (1, 'orders', 1, '\x0177ac4b59b7219801c76034d6d19af33871e7fe4af194009622643309fb6ef1dd417c8287ba046414500cb096b6bfd341582182db08c1e671b232d439');
INSERT INTO public.customer_keys VALUES (1, 'email', 1, '\x014f123681f97c09078348e18893484a371983437d27daefa7ed2cd5c8695ebccd4456cee4d1f4eb4eaa8f59fec619bdebbc4f9373459a3a303717bf07');
INSERT INTO public.customer_keys VALUES (2, 'identity', 1, '\x01d1c9ae68dc354a7c3d7c05d24ff14385d59538cb1fc085e916f0d3bf2aa2119e149b9530315bc948fc3f45e90105d1ed6f25194ef1f3a1cd7749b04e');
INSERT INTO public.customer_keys VALUES (2, 'orders', 1, '\x01bb2ade0b106251cc8d8c0ad51d87b785bd760d8968fbcfe0f73732ef1b1fd24a416db60e0bf3406121c2356a90988a8cb03f516236e91ea6f7d91611');
INSERT INTO public.customer_keys VALUES (2, 'email', 1, '\x0129269e3e3dce2c2b4ba45f22370ef946779c32e7e7b061246dd5bd2c994a1d58bc78aa42675cc14b4d2b2639f34185b98aaf3a9f5d3aaca0c9cb2b98');
INSERT INTO public.customer_keys VALUES (3, 'orders', 1, '\x01a5524df57f03420d38fd8de6d8321e40de7430774c0d96dbb10b3e4fccb1bdc454498dac013ba217d06c4a8890a8f9d8e05b7366cda6ef49faf6118d');
INSERT INTO public.customer_keys VALUES (4, 'identity', 1, '\x01c01523f5f076cff401db1983a8d5c7ce37de581139c930ff55f6a26e22c25264c1bece1818fe7af85701b35c346378bda66256b1a87ea8cc88ec73c0');
INSERT INTO public.customer_keys VALUES (4, 'orders', 1, '\x01fbccbce1db7844f2fb4db09a2bf7ffb3353c8d080eb145cdb54a090ea538e224ebb54533756d44228a139859a547e7e33c474e0f0020519c899cbaca');
INSERT INTO public.customer_keys VALUES (4, 'email', 1, '\x011be554b2f05d07b851d5cb937c721e3a9cef772c279d63abba873ed58233bd3cfcfe5805738389e692ce0deef622f8042f9f875c1bc4fa501e395af7');
INSERT INTO public.customer_keys VALUES (5, 'identity', 1, '\x01d6afe02d01df46d764102d91dd3951789a305b52ce7936aa8d1bd6b6ca3aa90a8324d17bdf37b0936da50c6be32f2741e071975d9366e4ca60636a0f');
INSERT INTO public.customer_keys VALUES (5, 'orders', 1, '\x01867dd0b3143514b990ca3806c8a723285bbc84ee59048168a014e025df1ba15f63b207571ad6d5d856326f055e5d876da98dbd98474245eb34c8c444');
INSERT INTO public.customer_keys VALUES (5, 'email', 1, '\x01361aed16d07979449959ca9064cf1353a8dadf963b964088ff11e02664daeb425ae2ce3cee49a52128a350728f3c7afd80006ec4bdba84f77c530b81');
INSERT INTO public.customer_keys VALUES (6, 'identity', 1, '\x016ba7cad2f0c07262ed5ee2be1eb980e0dbacf112cf0e419ea96ada90bf5b0e25116db3fc5f2ba15da11011ce913406723ede7eedb2adbdc5b7f27a2b');
INSERT INTO public.customer_keys VALUES (6, 'orders', 1, '\x01b48ca1b6c3a8c9274065bb31ffa3d8614da46b124505d6eac4caa597ecf3a90d644e39996d0c1a42a826f0bfcc61b9a1149f18dd88e8b7fabfeedd69');
INSERT INTO public.customer_keys VALUES (6, 'email', 1, '\x019b8d7431fdb03517d6d31174073a339fc6aa7aa344be33e6746ac6ba73a215558dc64b646578e4664738f8b86975c5b411b4780a377b96ca45d1a81e');
INSERT INTO public.customer_keys VALUES (7, 'identity', 1, '\x0107149b10b8588901c22119fe5ba9e1d7560965ccb6746e12c7b3c2d8b060c2c3e81612bd93db58c0361cb5059c3450c4885d19b609c1babbb0d71028');
INSERT INTO public.customer_keys VALUES (7, 'orders', 1, '\x01edb93a41423f83e857886f221ac564b1992b59aa73b382c0ab873e70ed445b77ae303dc65ca7c74f7455d6bd47bf92c974df3c7eec10fe93d5f696c3');
INSERT INTO public.customer_keys VALUES (7, 'email', 1, '\x01601079308836ccb838bf7bd2200d712768fbd38fc9af4c68c77612cea389fe37f378eaf5e3bd144c9751484cfdc64776db72d18ab952bbc27643c032');
INSERT INTO public.customer_keys VALUES (8, 'identity', 1, '\x0119af38e172d9d811d33e1172b3eb0e665b037ebbf2d995509f7b58ab527174baf9d565a460124f2a1413887dfdadc98225852726db6798982ffa20cd');
INSERT INTO public.customer_keys VALUES (8, 'orders', 1, '\x01771faee180132b80b8a567aaecac06ebba8b82d2daa3ea8b4ab7781f0579f58d9e51a4c4b978ffc1a03c0692ab3f44137b7aa8d7c731faa527375841');
INSERT INTO public.customer_keys VALUES (8, 'email', 1, '\x01dcdc7ccfda339c739eef118d7a94c1a6870749963f4cb2d055edb674f919b8248f734b8f1eed08ae57d24b3c56f8b9495194b22bb55a4b0c984c2549');
INSERT INTO public.customer_keys VALUES (1, 'page_views', 1, '\x0192d1f1f043efed0ec9361e7af2e4fd5398aaac8f83b88fb3f963bab49a1c76eddd9a4b7112191bb05b5836eb380cea4aecd5156bb63b6f99f069d613');
INSERT INTO public.customer_keys VALUES (2, 'page_views', 1, '\x01c24980d8e211a8cabd7eac4b3da2f7b313877394ab1d3503f997c04cd3a518b171b525831ab701dd557d49d6f1874f4845951422fd2bd5aa9f1deb25');
INSERT INTO public.customer_keys VALUES (4, 'page_views', 1, '\x01f74485ac8d81c674cf7fddb9e9fc0a5c0f330bd735d8ace1efa11100cbf9048273e270d9c8797b3502b22ecb7b2b13a2f891479da1405b2b1db7bab4');
INSERT INTO public.customer_keys VALUES (5, 'page_views', 1, '\x0112b0bd4bfc9cd2dd633c597459c4e0ee2c5efd3894af00eee006c0e39582da6c8dce082f0d7ea8ee488c69893e3e5aaf90a0731cdb5b4cf739494a7d');
INSERT INTO public.customer_keys VALUES (6, 'page_views', 1, '\x018b0ac72fcbe8dcd02a3c3c9bdec900dec7574a40f678fe3ce9887b0d93dd1e4d32b935a39e359f79f01fd1629cbc09a450439056da454ea63d54401a');
INSERT INTO public.customer_keys VALUES (1, 'model:suggestions', 1, '\x0126834972b1f7f426074da4ec9c3b6b0b98faf17c2bc98f161ab9a76abf85feeb510b2702a5b9f98b817327ec7a4e19459841575d02fca12810b5a94d');
INSERT INTO public.customer_keys VALUES (2, 'model:suggestions', 1, '\x01bb4c86ecdfdfd8a7d7edd3b2f01512cc7bb6baaade3a1772761f4164cf1feb33799b4899b6277a8e347524f587cf0ac301d818d63076c959744f3f0e');
INSERT INTO public.customer_keys VALUES (4, 'model:suggestions', 1, '\x01f676f2e13c61e2dffb371db922b07f593ab40ed1c917b4f7c8bad55cac4c935b9393bec3e7ed66302d5b756c871c8570283afba23d5500f56ac88657');
INSERT INTO public.customer_keys VALUES (5, 'model:suggestions', 1, '\x01827f050e1538adf6a355803275674734f333e8462edecfbba584db0969f74674a80bb4508b6f0d526f296fd45836ebcd65914b936938e69e1263da15');
INSERT INTO public.customer_keys VALUES (6, 'model:suggestions', 1, '\x01ccd40b060e4cbc4638a662dd132e7f91ff26d9ff34862a30cb837953c1f1eb0b3721fa17065ff9d20df6ab8182a1176b7b6dba67fa1d491332be854d');
INSERT INTO public.epochs VALUES (1, '\x01cdf34c098c4f32bc2eb6e58e0cf95332f3e70b6158d0f691f8f0b5f80cf5134a26dd2c05b5a84c1021b3720705b638175aa951aee529c85c22edd757');
INSERT INTO public.named_keys VALUES ('identity-index', 1, '\x010a1cc6ad2437d35234673a456543e1bd6fe92a0e2746184b2599c6f2158bbe9be9d199e83dfbde5b736946d6a7c6b25a7bdf53463deff068d506dac4');
INSERT INTO public.named_keys VALUES ('item-marks', 1, '\x01de41a1c323468758d82947005810967c6a891d78b085541873a59d0f8c3507080218cd376ded4e7bacb1a50ec3eae15fef97c05b670d07b1d1b6c50c');
SELECT pg_catalog.setval('public.epochs_number_seq', 1, false);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.customer_keys
    ADD CONSTRAINT pk_customer_keys PRIMARY KEY (customer, kind);
ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT pk_epochs PRIMARY KEY (number);
ALTER TABLE ONLY public.named_keys
    ADD CONSTRAINT pk_named_keys PRIMARY KEY (name);
