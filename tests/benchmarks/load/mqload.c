/*
 * Load for a broker on this machine: doors that send visits, subscribers that only count, and doors that only come.
 *
 *   mqload pub   -p PORT [-p PORT ...] -c DOORS -w WINDOW -n MESSAGES -b EVENTS -t TEMPLATE [-l LIMIT_S]
 *   mqload sub   -p PORT [-p PORT ...] [-c SUBSCRIBERS] -n MESSAGES -f FILTER [-f FILTER ...] [-r] [-l LIMIT_S]
 *   mqload idle  -p PORT [-p PORT ...] -c DOORS -f FILTER [-f FILTER ...] [-o OPENING] [-l LIMIT_S]
 *   mqload knock -p PORT [-p PORT ...] -c DOORS -n TIMES [-l LIMIT_S]
 *
 * MQTT 3.1.1, QoS 1, one thread, epoll, loopback only. A door is one connection; its name is `bench-` and its
 * number. With several ports, doors take them by turns. TEMPLATE is a file with one event, in which these words
 * are filled in anew each time (@KIOSK@ in filters, too):
 *
 *   @KIOSK@ the door's name   @EPOCH@ its UUID   @ID@ a UUIDv7   @SEQUENCE@ 1, 2, 3 ...
 *
 * A message holds one event, or with EVENTS above 1 a JSON array of so many. WINDOW is how many messages of one
 * door may be without PUBACK. With -r a subscriber answers each message with a receipt for its last visit, as a
 * centre that keeps nothing would. Who is idle says so once all are in, and stays. Who knocks is let in, goes, and
 * knocks again, TIMES in all. OPENING is how many connections may be on their way at once (default: all).
 *
 * Times are seconds of CLOCK_MONOTONIC, which all processes share. The program ends when all is done, when a
 * connection is lost, or after LIMIT_S seconds (default 60); the exit code tells which.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum packet {
    CONNECT = 0x10,
    CONNACK = 0x20,
    PUBLISH = 0x30,
    PUBACK = 0x40,
    SUBSCRIBE = 0x82,
    SUBACK = 0x90,
    DISCONNECT = 0xe0
};
enum { QOS_1 = 0x02, CLEAN_SESSION = 0x02, UUID_LETTERS = 36, MAX_FILTERS = 8, MAX_PORTS = 8 };
enum { READ_BYTES = 256 * 1024, IDLE_READ_BYTES = 1024 };
enum mode { PUB, SUB, IDLE, KNOCK };
enum field { TEXT, KIOSK, EPOCH, ID, SEQUENCE };

static const char *const MODE_WORDS[] = {"pub", "sub", "idle", "knock"};
static const char *const FIELD_WORDS[] = {NULL, "@KIOSK@", "@EPOCH@", "@ID@", "@SEQUENCE@"};

/* Bytes that grow: `begin` is how far they were read or sent. */
struct buffer {
    uint8_t *bytes;
    size_t begin, end, room;
};

/* A piece of the template: plain text, or a field to be filled in. */
struct part {
    enum field field;
    const char *text;
    size_t length;
};

struct door {
    int socket, port;
    bool writable_wanted, is_let_in;
    char name[24];
    char epoch[UUID_LETTERS + 1];
    struct buffer in, out;
    long quota, sent, acknowledged;
    uint64_t sequence;
    uint16_t packet_id;
};

static struct {
    enum mode mode;
    int ports[MAX_PORTS], port_count, doors, opening, window, events;
    long messages;
    double limit_s;
    bool answers;
    const char *filters[MAX_FILTERS];
    int filter_count;
} asked = {.doors = 1, .window = 20, .events = 1, .messages = 1000, .limit_s = 60};

static struct part *parts;
static size_t part_count;
static struct buffer payload;
static int poller, opened, ready, subscribed;
static long sent, acknowledged, received, knocked;
static double began_s, first_s, last_s;

static void die(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("mqload: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    exit(1);
}

static double now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static uint64_t random_bits(void)
{
    static uint64_t state;
    while (state == 0)
        if (getrandom(&state, sizeof state, 0) != sizeof state)
            die("getrandom: %s", strerror(errno));
    state ^= state << 13; /* xorshift64 */
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* ---- bytes ---- */

static void make_room(struct buffer *buffer, size_t length)
{
    if (buffer->end + length <= buffer->room)
        return;
    if (buffer->begin > 0) {
        memmove(buffer->bytes, buffer->bytes + buffer->begin, buffer->end - buffer->begin);
        buffer->end -= buffer->begin;
        buffer->begin = 0;
    }
    if (buffer->end + length <= buffer->room)
        return;
    while (buffer->end + length > buffer->room)
        buffer->room = buffer->room ? buffer->room * 2 : 1024;
    buffer->bytes = realloc(buffer->bytes, buffer->room);
    if (buffer->bytes == NULL)
        die("no memory for %zu bytes", buffer->room);
}

static void put(struct buffer *buffer, const void *bytes, size_t length)
{
    make_room(buffer, length);
    memcpy(buffer->bytes + buffer->end, bytes, length);
    buffer->end += length;
}

static void put_byte(struct buffer *buffer, unsigned value)
{
    uint8_t byte = (uint8_t)value;
    put(buffer, &byte, 1);
}

static void put_short(struct buffer *buffer, unsigned value)
{
    put_byte(buffer, value >> 8);
    put_byte(buffer, value);
}

static void put_string(struct buffer *buffer, const char *text)
{
    put_short(buffer, (unsigned)strlen(text));
    put(buffer, text, strlen(text));
}

/* The first byte of a packet, and how long the rest is: seven bits a byte, low ones first. */
static void put_header(struct buffer *buffer, unsigned type, size_t length)
{
    put_byte(buffer, type);
    do {
        put_byte(buffer, (length & 127) | (length > 127 ? 128 : 0));
        length >>= 7;
    } while (length > 0);
}

/* ---- events ---- */

static void write_uuid(char *text, uint64_t high, uint64_t low)
{
    snprintf(text, UUID_LETTERS + 1, "%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64,
             high >> 32, (high >> 16) & 0xffff, high & 0xffff, low >> 48, low & 0xffffffffffff);
}

static void write_uuid4(char *text)
{
    uint64_t high = (random_bits() & ~UINT64_C(0xf000)) | 0x4000;
    write_uuid(text, high, (random_bits() >> 2) | (UINT64_C(2) << 62));
}

static void write_uuid7(char *text)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    uint64_t ms = (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
    write_uuid(text, ms << 16 | 0x7000 | (random_bits() & 0xfff), (random_bits() >> 2) | (UINT64_C(2) << 62));
}

static void put_event(const struct door *door, uint64_t sequence)
{
    char text[UUID_LETTERS + 1];
    for (size_t i = 0; i < part_count; i++) {
        switch (parts[i].field) {
        case TEXT:
            put(&payload, parts[i].text, parts[i].length);
            break;
        case KIOSK:
            put(&payload, door->name, strlen(door->name));
            break;
        case EPOCH:
            put(&payload, door->epoch, UUID_LETTERS);
            break;
        case ID:
            write_uuid7(text);
            put(&payload, text, UUID_LETTERS);
            break;
        case SEQUENCE:
            put(&payload, text, (size_t)snprintf(text, sizeof text, "%" PRIu64, sequence));
            break;
        }
    }
}

/* The next field in a text, and where it stands; TEXT when there is none. */
static enum field find_field(const char *text, const char **where)
{
    enum field found = TEXT;
    for (enum field field = KIOSK; field <= SEQUENCE; field++) {
        const char *hit = strstr(text, FIELD_WORDS[field]);
        if (hit != NULL && (found == TEXT || hit < *where)) {
            found = field;
            *where = hit;
        }
    }
    return found;
}

static void add_part(enum field field, const char *text, size_t length)
{
    parts = realloc(parts, (part_count + 1) * sizeof *parts);
    if (parts == NULL)
        die("no memory for the template");
    parts[part_count++] = (struct part){field, text, length};
}

static void read_template(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        die("%s: %s", path, strerror(errno));
    struct buffer text = {0};
    char block[4096];
    for (size_t count; (count = fread(block, 1, sizeof block, file)) > 0;)
        put(&text, block, count);
    fclose(file);
    put_byte(&text, 0);
    const char *rest = (const char *)text.bytes, *where = NULL;
    for (enum field field; (field = find_field(rest, &where)) != TEXT;) {
        add_part(TEXT, rest, (size_t)(where - rest));
        add_part(field, NULL, 0);
        rest = where + strlen(FIELD_WORDS[field]);
    }
    add_part(TEXT, rest, strlen(rest));
}

/* ---- connections ---- */

static void watch(struct door *door, int operation, bool writable)
{
    struct epoll_event event = {.events = EPOLLIN | (writable ? EPOLLOUT : 0), .data.ptr = door};
    if (epoll_ctl(poller, operation, door->socket, &event) < 0)
        die("epoll_ctl: %s", strerror(errno));
    door->writable_wanted = writable;
}

static void flush(struct door *door)
{
    struct buffer *out = &door->out;
    while (out->begin < out->end) {
        ssize_t count = send(door->socket, out->bytes + out->begin, out->end - out->begin, MSG_NOSIGNAL);
        if (count < 0 && (errno == EAGAIN || errno == ENOTCONN)) {
            if (!door->writable_wanted)
                watch(door, EPOLL_CTL_MOD, true);
            return;
        }
        if (count < 0)
            die("%s: send: %s", door->name, strerror(errno));
        out->begin += (size_t)count;
    }
    out->begin = out->end = 0;
    if (door->writable_wanted)
        watch(door, EPOLL_CTL_MOD, false);
}

static void dial(struct door *door)
{
    door->is_let_in = false;
    door->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (door->socket < 0)
        die("socket: %s", strerror(errno));
    int on = 1;
    setsockopt(door->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)door->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(door->socket, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS)
        die("127.0.0.1:%d: %s", door->port, strerror(errno));
    watch(door, EPOLL_CTL_ADD, true);
    char client[48];
    snprintf(client, sizeof client, "%s-%s", MODE_WORDS[asked.mode], door->name);
    put_header(&door->out, CONNECT, 2 + 4 + 1 + 1 + 2 + 2 + strlen(client));
    put_string(&door->out, "MQTT");
    put_byte(&door->out, 4);
    put_byte(&door->out, CLEAN_SESSION);
    put_short(&door->out, 0);
    put_string(&door->out, client);
}

static void open_door(struct door *door, int number)
{
    snprintf(door->name, sizeof door->name, "bench-%04d", number);
    write_uuid4(door->epoch);
    door->port = asked.ports[number % asked.port_count];
    door->quota = asked.messages / asked.doors + (number < asked.messages % asked.doors);
    dial(door);
}

static void subscribe(struct door *door)
{
    char filters[MAX_FILTERS][128];
    size_t length = 2;
    for (int i = 0; i < asked.filter_count; i++) {
        const char *field = strstr(asked.filters[i], FIELD_WORDS[KIOSK]);
        int before = field == NULL ? (int)strlen(asked.filters[i]) : (int)(field - asked.filters[i]);
        const char *after = field == NULL ? "" : field + strlen(FIELD_WORDS[KIOSK]);
        snprintf(filters[i], sizeof filters[i], "%.*s%s%s", before, asked.filters[i], field == NULL ? "" : door->name,
                 after);
        length += 2 + strlen(filters[i]) + 1;
    }
    put_header(&door->out, SUBSCRIBE, length);
    put_short(&door->out, 1);
    for (int i = 0; i < asked.filter_count; i++) {
        put_string(&door->out, filters[i]);
        put_byte(&door->out, 1);
    }
}

/* The value of the last member of that name, as it stands between its quotes; its length. */
static size_t find_last(const char *text, size_t length, const char *name, const char **value)
{
    size_t wanted = strlen(name);
    for (size_t at = length; at-- > 0;) {
        if (length - at < wanted || memcmp(text + at, name, wanted) != 0)
            continue;
        *value = text + at + wanted;
        const char *end = memchr(*value, '"', length - at - wanted);
        return end == NULL ? 0 : (size_t)(end - *value);
    }
    return 0;
}

/* A receipt for the last visit of a message: `doors/v1/NAME/...` is answered on `doors/v1/NAME/receipt`. */
static void answer(struct door *door, const char *topic, size_t topic_length, const char *text, size_t length)
{
    const char *epoch, *sequence, *end = memrchr(topic, '/', topic_length);
    size_t epoch_length = find_last(text, length, "\"epoch\":\"", &epoch);
    size_t sequence_length = find_last(text, length, "\"sequence\":\"", &sequence);
    if (end == NULL || epoch_length == 0 || sequence_length == 0)
        die("what arrived is no visit");
    char where[128], receipt[128];
    snprintf(where, sizeof where, "%.*s/receipt", (int)(end - topic), topic);
    snprintf(receipt, sizeof receipt, "{\"epoch\":\"%.*s\",\"through\":%.*s}", (int)epoch_length, epoch,
             (int)sequence_length, sequence);
    put_header(&door->out, PUBLISH, 2 + strlen(where) + strlen(receipt));
    put_string(&door->out, where);
    put(&door->out, receipt, strlen(receipt));
}

/* Send messages until the window is full or all are sent. */
static void publish(struct door *door)
{
    char topic[64];
    snprintf(topic, sizeof topic, "doors/v1/%s/%s", door->name, asked.events > 1 ? "visits" : "visit");
    while (door->sent < door->quota && door->sent - door->acknowledged < asked.window) {
        payload.begin = payload.end = 0;
        if (asked.events > 1)
            put_byte(&payload, '[');
        for (int i = 0; i < asked.events; i++) {
            if (i > 0)
                put_byte(&payload, ',');
            put_event(door, ++door->sequence);
        }
        if (asked.events > 1)
            put_byte(&payload, ']');
        put_header(&door->out, PUBLISH | QOS_1, 2 + strlen(topic) + 2 + payload.end);
        put_string(&door->out, topic);
        door->packet_id = door->packet_id == UINT16_MAX ? 1 : (uint16_t)(door->packet_id + 1);
        put_short(&door->out, door->packet_id);
        put(&door->out, payload.bytes, payload.end);
        door->sent++;
        sent++;
    }
}

/* Once every door is let in, all begin to send at the same time. */
static void begin(struct door *doors)
{
    began_s = now_s();
    for (int i = 0; i < asked.doors; i++) {
        publish(&doors[i]);
        flush(&doors[i]);
    }
}

static void take(struct door *door, unsigned type, const uint8_t *body, size_t length)
{
    switch (type & 0xf0) {
    case CONNACK:
        if (length < 2 || body[1] != 0)
            die("%s: the broker refused us with %d", door->name, length < 2 ? -1 : body[1]);
        ready++;
        door->is_let_in = true;
        if (asked.mode == SUB || asked.mode == IDLE)
            subscribe(door);
        break;
    case SUBACK:
        if (++subscribed < asked.doors)
            break;
        if (asked.mode == SUB)
            puts("ready");
        else
            printf("{\"connected\": %d, \"began_s\": %.6f, \"ended_s\": %.6f}\n", subscribed, began_s, now_s());
        fflush(stdout);
        break;
    case PUBACK:
        door->acknowledged++;
        acknowledged++;
        publish(door);
        break;
    case PUBLISH: {
        size_t topic = length < 2 ? SIZE_MAX : (size_t)(body[0] << 8 | body[1]);
        size_t head = 2 + topic + (type & QOS_1 ? 2 : 0);
        if (topic == SIZE_MAX || head > length)
            die("a topic longer than its message");
        if (received++ == 0)
            first_s = now_s();
        if (type & QOS_1) {
            put_header(&door->out, PUBACK, 2);
            put(&door->out, body + 2 + topic, 2);
        }
        if (asked.answers)
            answer(door, (const char *)body + 2, topic, (const char *)body + head, length - head);
        break;
    }
    }
}

/* Go, and come again unless somebody else will. */
static void knock_again(struct door *door)
{
    static const uint8_t farewell[] = {DISCONNECT, 0};
    send(door->socket, farewell, sizeof farewell, MSG_NOSIGNAL);
    close(door->socket);
    door->in.begin = door->in.end = door->out.begin = door->out.end = 0;
    knocked++;
    door->is_let_in = false;
    if (--door->quota > 0)
        dial(door);
}

/* Take every whole packet that has arrived. */
static void read_packets(struct door *door)
{
    struct buffer *in = &door->in;
    make_room(in, asked.mode == PUB || asked.mode == SUB ? READ_BYTES : IDLE_READ_BYTES);
    ssize_t count = recv(door->socket, in->bytes + in->end, in->room - in->end, 0);
    if (count < 0 && errno == EAGAIN)
        return;
    if (count <= 0)
        die("%s: connection lost: %s", door->name, count == 0 ? "closed by the broker" : strerror(errno));
    in->end += (size_t)count;
    while (in->end - in->begin >= 2) {
        size_t at = in->begin + 1, length = 0;
        int shift = 0;
        bool is_whole = false;
        while (at < in->end && !is_whole) {
            length |= (size_t)(in->bytes[at] & 127) << shift;
            shift += 7;
            is_whole = !(in->bytes[at++] & 128);
        }
        if (!is_whole || in->end - at < length)
            break;
        take(door, in->bytes[in->begin], in->bytes + at, length);
        in->begin = at + length;
    }
    flush(door);
    if (asked.mode == KNOCK && door->is_let_in)
        knock_again(door);
}

static bool is_done(void)
{
    switch (asked.mode) {
    case PUB: return acknowledged >= asked.messages;
    case SUB: return received >= asked.messages;
    case KNOCK: return knocked >= asked.messages;
    default: return false;
    }
}

static void run(void)
{
    struct door *doors = calloc((size_t)asked.doors, sizeof *doors);
    struct epoll_event events[256];
    double end_s = now_s() + asked.limit_s;
    bool has_begun = false;
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (doors == NULL || poller < 0)
        die("cannot begin: %s", strerror(errno));
    began_s = now_s();
    while (!is_done() && now_s() < end_s) {
        while (opened < asked.doors && opened - ready < asked.opening) {
            open_door(&doors[opened], opened);
            opened++;
        }
        int count = epoll_wait(poller, events, 256, 100);
        for (int i = 0; i < count; i++) {
            struct door *door = events[i].data.ptr;
            if (events[i].events & EPOLLOUT)
                flush(door);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                read_packets(door);
        }
        if (asked.mode == PUB && !has_begun && ready == asked.doors) {
            has_begun = true;
            begin(doors);
        }
    }
    last_s = now_s();
}

static long number(const char *text, long least)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*text == 0 || *end != 0 || value < least)
        die("%s: not a whole number from %ld", text, least);
    return value;
}

static void read_arguments(int count, char **values)
{
    const char *template = NULL;
    for (asked.mode = PUB; count > 1 && asked.mode <= KNOCK; asked.mode++)
        if (strcmp(values[1], MODE_WORDS[asked.mode]) == 0)
            break;
    if (count < 2 || asked.mode > KNOCK)
        die("say pub, sub, idle or knock");
    optind = 2;
    for (int option; (option = getopt(count, values, "p:c:o:w:n:b:t:f:rl:")) > 0;) {
        switch (option) {
        case 'p':
            if (asked.port_count == MAX_PORTS)
                die("more than %d ports", MAX_PORTS);
            asked.ports[asked.port_count++] = (int)number(optarg, 1);
            break;
        case 'c': asked.doors = (int)number(optarg, 1); break;
        case 'o': asked.opening = (int)number(optarg, 1); break;
        case 'r': asked.answers = true; break;
        case 'w': asked.window = (int)number(optarg, 1); break;
        case 'n': asked.messages = number(optarg, 1); break;
        case 'b': asked.events = (int)number(optarg, 1); break;
        case 'l': asked.limit_s = (double)number(optarg, 1); break;
        case 't': template = optarg; break;
        case 'f':
            if (asked.filter_count == MAX_FILTERS)
                die("more than %d filters", MAX_FILTERS);
            asked.filters[asked.filter_count++] = optarg;
            break;
        default: exit(2);
        }
    }
    if (asked.port_count == 0)
        die("which broker? -p PORT");
    if (asked.opening == 0)
        asked.opening = asked.doors;
    if (asked.mode == PUB && template == NULL)
        die("pub needs -t TEMPLATE");
    if (asked.mode == PUB)
        read_template(template);
    else if (asked.mode != KNOCK && asked.filter_count == 0)
        die("%s needs -f FILTER", MODE_WORDS[asked.mode]);
}

int main(int count, char **values)
{
    read_arguments(count, values);
    run();
    if (asked.mode == PUB)
        printf("{\"sent\": %ld, \"acknowledged\": %ld, \"began_s\": %.6f, \"ended_s\": %.6f}\n", sent, acknowledged,
               began_s, last_s);
    else if (asked.mode == KNOCK)
        printf("{\"let_in\": %ld, \"began_s\": %.6f, \"ended_s\": %.6f}\n", knocked, began_s, last_s);
    else
        printf("{\"received\": %ld, \"began_s\": %.6f, \"ended_s\": %.6f}\n", received, first_s, last_s);
    return is_done() ? 0 : 3;
}
