// SPDX-License-Identifier: MIT
#include "net/http/contentcoding_p.h"

#include "base/digits_p.h"
#include "base/zlibstream_p.h"
#include "net/http/httpchars_p.h"

#include <optional>

namespace EngineIo::detail {

namespace {

// Returns a weight in thousandths; -1 for text that is not a weight.
int parseWeight(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')
        || (text.size() > 1 && text[1] != '.'))
        return -1;
    int weight = (text[0] - '0') * 1000;
    int scale = 100;
    for (const char character : text.sliced(qMin(text.size(), qsizetype(2)))) {
        if (!isDigit(character))
            return -1;
        weight += (character - '0') * scale;
        scale /= 10;
    }
    return weight <= 1000 ? weight : -1;
}

// Returns the weight among the parameters of a list element.
int weightOf(QByteArrayView parameters)
{
    while (!parameters.isEmpty()) {
        QByteArrayView parameter = takeHttpElement(parameters, ';');
        const QByteArrayView name = takeHttpElement(parameter, '=');
        if (equalsIgnoringCase(name, "q"))
            return parseWeight(trimmedHttpSpace(parameter));
    }
    return 1000;
}

} // namespace

ContentCoding negotiateCoding(QByteArrayView acceptEncoding)
{
    if (!hasZlib())
        return ContentCoding::Identity;
    std::optional<int> gzip;
    std::optional<int> deflate;
    std::optional<int> identity;
    std::optional<int> any;
    while (!acceptEncoding.isEmpty()) {
        QByteArrayView element = takeHttpElement(acceptEncoding);
        const QByteArrayView name = takeHttpElement(element, ';');
        const int weight = weightOf(element);
        if (weight < 0)
            continue;
        if (equalsIgnoringCase(name, "gzip") || equalsIgnoringCase(name, "x-gzip"))
            gzip = weight;
        else if (equalsIgnoringCase(name, "deflate"))
            deflate = weight;
        else if (equalsIgnoringCase(name, "identity"))
            identity = weight;
        else if (name == "*")
            any = weight;
    }
    const int gzipWeight = gzip.value_or(any.value_or(0));
    const int deflateWeight = deflate.value_or(any.value_or(0));
    const int best = qMax(gzipWeight, deflateWeight);
    if (best == 0 || identity.value_or(0) > best)
        return ContentCoding::Identity;
    return gzipWeight >= deflateWeight ? ContentCoding::Gzip : ContentCoding::Deflate;
}

QByteArray encodeContent(ContentCoding coding, const QByteArray &content)
{
    switch (coding) {
    case ContentCoding::Deflate:
        return Deflater(ZlibFormat::Zlib).deflate(content);
    case ContentCoding::Gzip:
        return Deflater(ZlibFormat::Gzip).deflate(content);
    case ContentCoding::Identity:
        break;
    }
    return content;
}

} // namespace EngineIo::detail
