"""Invented people and the codes they carry. No real person's data ever stands in a test."""

from hypothesis import strategies as st

CCCD = "014099000001|050000002|Nguyễn Văn Thử|01021999|Nam|Bản Mòn, Phường Chiềng An, Sơn La|15042021"
CCCD_OF_A_WOMAN = "014199000002||Lò Thị Thử|03041999|Nữ|Tổ 3, Phường Tô Hiệu, Sơn La|15042021"
CAN_CUOC = "014099000003||Hoàng Thử|05061999|Nam|Bản Hìn, Phường Chiềng An, Sơn La|15092024||||"
PERSONAL_QR = "014099000004|TRAN THI PHUONG THU|1990-02-01|0|162979388586171100|<2<00<0912345678"
BHYT = (
    "DN4140000000001|4e677579e1bb856e2056c4836e205468e1bbad|01/02/1999|1|42e1baa36e204dc3b26e|14 - 001|01/01/2026|31/12/2026"
    "|01/01/2026|14010000000000|-|4|01/01/2030|0000000000000000-0000|$"
)
BHYT_OF_2021 = BHYT.removeprefix("DN414")
SMART_HEALTH = "shc:/5676290952432060346029243740446031222959532654603460292540"
DECLARATION = "https://kbyt.khambenh.gov.vn/#tokhai_yte/ketqua?id=0123456789"
PHONE = "0912345678"
ID_NUMBER = "014099000005"
PAYMENT = "00020101021138540010A00000072701240006970415011012345678900208QRIBFTTA53037045802VN63041234"
CONTACT = "BEGIN:VCARD\nVERSION:3.0\nFN:Lò Thử\nTEL:0912345678\nEND:VCARD"
WEB = "https://example.org/gio-lam-viec?ngay=2"
PLACE = "https://tokhaiyte.vn/?page=Group.checkin&groupId=0123456789abcdef01234567"
WIFI = "WIFI:T:WPA;S:Van phong;P:khong-co-that;;"

ALL = (
    CCCD,
    CCCD_OF_A_WOMAN,
    CAN_CUOC,
    PERSONAL_QR,
    BHYT,
    BHYT_OF_2021,
    SMART_HEALTH,
    DECLARATION,
    PHONE,
    ID_NUMBER,
    PAYMENT,
    CONTACT,
    WEB,
    PLACE,
    WIFI,
)

anything = (
    st.text()
    | st.sampled_from(ALL)
    | st.lists(st.text(alphabet="|<*0123456789-N ", max_size=14)).map("|".join)
)
"""Any text at all, and many that look almost like a code."""
