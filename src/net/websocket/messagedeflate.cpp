// SPDX-License-Identifier: MIT
#include "net/websocket/messagedeflate_p.h"

#include "net/http/httpchars_p.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

constexpr int SmallestWindowBits = 9; // with which zlib can compress raw streams
constexpr QByteArrayView EmptyBlock("\0\0\xff\xff", 4);

struct Offer
{
    bool serverNoContextTakeover = false;
    bool clientNoContextTakeover = false;
    std::optional<int> serverMaxWindowBits;
    std::optional<int> clientMaxWindowBits; // 0: without a value
};

QByteArrayView unquoted(QByteArrayView value)
{
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        return value.sliced(1, value.size() - 2);
    return value;
}

// Reads a number from 8 to 15 without leading zeros.
std::optional<int> windowBits(QByteArrayView value)
{
    for (int bits = 8; bits <= 15; ++bits) {
        if (value == QByteArray::number(bits))
            return bits;
    }
    return std::nullopt;
}

// Returns nothing if the offer is not one for permessage-deflate, or has invalid parameters.
std::optional<Offer> parseOffer(QByteArrayView element)
{
    if (takeHttpElement(element, ';') != "permessage-deflate")
        return std::nullopt;
    Offer offer;
    while (!element.isEmpty()) {
        QByteArrayView parameter = takeHttpElement(element, ';');
        const bool hasValue = parameter.contains('=');
        const QByteArrayView name = takeHttpElement(parameter, '=');
        const QByteArrayView value = unquoted(trimmedHttpSpace(parameter));
        if (name == "server_no_context_takeover" && !hasValue && !offer.serverNoContextTakeover) {
            offer.serverNoContextTakeover = true;
        } else if (name == "client_no_context_takeover" && !hasValue
                   && !offer.clientNoContextTakeover) {
            offer.clientNoContextTakeover = true;
        } else if (name == "server_max_window_bits" && !offer.serverMaxWindowBits) {
            offer.serverMaxWindowBits = windowBits(value);
            if (!offer.serverMaxWindowBits)
                return std::nullopt;
        } else if (name == "client_max_window_bits" && !offer.clientMaxWindowBits) {
            offer.clientMaxWindowBits = hasValue ? windowBits(value) : std::optional(0);
            if (!offer.clientMaxWindowBits)
                return std::nullopt;
        } else {
            return std::nullopt;
        }
    }
    return offer;
}

std::optional<DeflateAgreement> accept(const Offer &offer, const PerMessageDeflateOptions &options)
{
    DeflateAgreement agreement;
    agreement.serverWindowBits =
        std::min(std::clamp(options.serverMaxWindowBits, SmallestWindowBits, 15),
                 offer.serverMaxWindowBits.value_or(15));
    if (agreement.serverWindowBits < SmallestWindowBits)
        return std::nullopt;
    const int wanted = std::clamp(options.clientMaxWindowBits, 8, 15);
    if (wanted < 15 && !offer.clientMaxWindowBits) // the client cannot be told
        return std::nullopt;
    const int offered = offer.clientMaxWindowBits.value_or(0);
    agreement.clientWindowBits = offered == 0 ? wanted : std::min(wanted, offered);
    agreement.serverNoContextTakeover =
        options.serverNoContextTakeover || offer.serverNoContextTakeover;
    agreement.clientNoContextTakeover =
        options.clientNoContextTakeover || offer.clientNoContextTakeover;

    agreement.answer = "permessage-deflate"_ba;
    if (agreement.serverNoContextTakeover)
        agreement.answer += "; server_no_context_takeover";
    if (agreement.clientNoContextTakeover)
        agreement.answer += "; client_no_context_takeover";
    if (offer.serverMaxWindowBits || agreement.serverWindowBits < 15) {
        agreement.answer +=
            "; server_max_window_bits=" + QByteArray::number(agreement.serverWindowBits);
    }
    if (offer.clientMaxWindowBits && agreement.clientWindowBits < 15) {
        agreement.answer +=
            "; client_max_window_bits=" + QByteArray::number(agreement.clientWindowBits);
    }
    return agreement;
}

// State that the connections of a thread share.
struct SharedState
{
    struct Entry
    {
        DeflateSettings settings;
        std::unique_ptr<Deflater> deflater;
        QByteArray owner; // held, so that its address cannot be used for other content
        QByteArrayView payload;
        QByteArray compressed;
    };
    std::vector<Entry> entries; // one for each way of compressing in use
    std::unique_ptr<Inflater> inflater;
    bool isHolding = false;

    Entry &entry(const DeflateSettings &settings)
    {
        for (Entry &entry : entries) {
            if (entry.settings == settings)
                return entry;
        }
        entries.push_back(
            {settings, std::make_unique<Deflater>(ZlibFormat::Raw, settings), {}, {}, {}});
        return entries.back();
    }
};

SharedState &shared()
{
    thread_local SharedState state;
    return state;
}

QByteArray withoutEmptyBlock(QByteArray part)
{
    if (part.endsWith(EmptyBlock))
        part.chop(EmptyBlock.size());
    return part;
}

} // namespace

std::optional<DeflateAgreement>
negotiateDeflate(const HttpRequest &request, const std::optional<PerMessageDeflateOptions> &options)
{
    if (!options || !hasZlib())
        return std::nullopt;
    const QByteArray offers = request.headers().combinedValue("sec-websocket-extensions");
    QByteArrayView rest = offers;
    while (!rest.isEmpty()) {
        const std::optional<Offer> offer = parseOffer(takeHttpElement(rest));
        if (!offer)
            continue;
        if (std::optional<DeflateAgreement> agreement = accept(*offer, *options))
            return agreement;
    }
    return std::nullopt;
}

QByteArray deflateOffer(const PerMessageDeflateOptions &options)
{
    QByteArray offer = "permessage-deflate"_ba;
    if (options.serverNoContextTakeover)
        offer += "; server_no_context_takeover";
    if (options.clientNoContextTakeover)
        offer += "; client_no_context_takeover";
    if (options.serverMaxWindowBits < 15) {
        offer += "; server_max_window_bits="
            + QByteArray::number(std::max(SmallestWindowBits, options.serverMaxWindowBits));
    }
    offer += "; client_max_window_bits";
    if (options.clientMaxWindowBits < 15)
        offer += '=' + QByteArray::number(std::max(8, options.clientMaxWindowBits));
    return offer;
}

// A server may keep more context than it was asked to: that does no harm, so it is accepted.
std::optional<DeflateAgreement> agreeOnDeflate(QByteArrayView answer,
                                               const PerMessageDeflateOptions &options)
{
    const std::optional<Offer> given = parseOffer(takeHttpElement(answer));
    if (!given || !answer.isEmpty() || given->clientMaxWindowBits == 0
        || given->clientMaxWindowBits.value_or(0) > std::clamp(options.clientMaxWindowBits, 8, 15)
        || given->serverMaxWindowBits.value_or(0)
            > std::clamp(options.serverMaxWindowBits, SmallestWindowBits, 15)) {
        return std::nullopt;
    }
    DeflateAgreement agreement;
    agreement.serverNoContextTakeover = given->serverNoContextTakeover;
    agreement.clientNoContextTakeover =
        given->clientNoContextTakeover || options.clientNoContextTakeover;
    agreement.serverWindowBits = given->serverMaxWindowBits.value_or(15);
    agreement.clientWindowBits =
        given->clientMaxWindowBits.value_or(std::clamp(options.clientMaxWindowBits, 8, 15));
    return agreement;
}

MessageDeflate::MessageDeflate(const DeflateAgreement &agreement,
                               const PerMessageDeflateOptions &options, WebSocketRole role)
    : m_threshold(role == WebSocketRole::Client && agreement.clientWindowBits < SmallestWindowBits
                      ? std::numeric_limits<qsizetype>::max() // never, which is always allowed
                      : std::max<qsizetype>(1, options.threshold))
    , m_settings{role == WebSocketRole::Server ? agreement.serverWindowBits
                                               : agreement.clientWindowBits,
                 options.level, options.memLevel}
    , m_peerWindowBits(role == WebSocketRole::Server ? agreement.clientWindowBits
                                                     : agreement.serverWindowBits)
    , m_forgets(role == WebSocketRole::Server ? agreement.serverNoContextTakeover
                                              : agreement.clientNoContextTakeover)
    , m_peerForgets(role == WebSocketRole::Server ? agreement.clientNoContextTakeover
                                                  : agreement.serverNoContextTakeover)
{
}

MessageDeflate::~MessageDeflate() = default;

QByteArray MessageDeflate::compress(QByteArrayView payload, const QByteArray &owner)
{
    if (!m_forgets) {
        if (!m_deflater)
            m_deflater = std::make_unique<Deflater>(ZlibFormat::Raw, m_settings);
        return withoutEmptyBlock(m_deflater->deflatePart(payload));
    }
    SharedState::Entry &entry = shared().entry(m_settings);
    const bool isSame = !owner.isNull() && entry.owner.constData() == owner.constData()
        && entry.payload.data() == payload.data() && entry.payload.size() == payload.size();
    if (isSame)
        return entry.compressed;
    entry.deflater->forget();
    entry.compressed = withoutEmptyBlock(entry.deflater->deflatePart(payload));
    entry.owner = owner;
    entry.payload = payload;
    shared().isHolding = true;
    return entry.compressed;
}

void MessageDeflate::forgetShared()
{
    SharedState &state = shared();
    if (!std::exchange(state.isHolding, false))
        return;
    for (SharedState::Entry &entry : state.entries) {
        entry.owner = {};
        entry.payload = {};
        entry.compressed = {};
    }
}

Inflater::Status MessageDeflate::inflate(QByteArrayView payload, qsizetype maxSize,
                                         QByteArray *message)
{
    const bool keeps = !m_peerForgets;
    // The shared inflater has the largest window, so that it works for all peers.
    std::unique_ptr<Inflater> &inflater = keeps ? m_inflater : shared().inflater;
    if (!inflater)
        inflater = std::make_unique<Inflater>(keeps ? m_peerWindowBits : 15);
    else if (!keeps)
        inflater->forget();
    const Inflater::Status status = inflater->inflatePart(payload, maxSize, message);
    // After the final block of a stream there is no empty one.
    if (status != Inflater::Status::Ok || inflater->hasEnded())
        return status;
    return inflater->inflatePart(EmptyBlock, maxSize, message);
}

} // namespace EngineIo::detail
