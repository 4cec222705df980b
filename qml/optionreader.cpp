// SPDX-License-Identifier: MIT
#include "optionreader_p.h"

#include "qmlwarnings_p.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace SocketIo::detail {

namespace {

// How many letters have to be put in, left out or replaced to make one of the other.
qsizetype distance(const QString &one, const QString &other)
{
    QList<qsizetype> line(other.size() + 1);
    std::iota(line.begin(), line.end(), 0);
    for (qsizetype i = 0; i < one.size(); ++i) {
        qsizetype diagonal = std::exchange(line[0], i + 1);
        for (qsizetype j = 0; j < other.size(); ++j) {
            const qsizetype replaced = diagonal + (one.at(i) == other.at(j) ? 0 : 1);
            diagonal = line.at(j + 1);
            line[j + 1] = std::min({replaced, line.at(j) + 1, diagonal + 1});
        }
    }
    return line.constLast();
}

// The known name that is probably meant; none if no one is near.
QString nearest(const QString &name, const QStringList &known)
{
    constexpr qsizetype MaxDistance = 2; // of short names less: "auth" is not meant to be "path"
    constexpr qsizetype MaxSize = 40;
    QString result;
    qsizetype best = std::min(MaxDistance, (name.size() - 1) / 2) + 1;
    for (const QString &candidate : known) {
        if (name.size() > MaxSize)
            break;
        const qsizetype found = distance(name.toLower(), candidate.toLower());
        if (found < best) {
            best = found;
            result = candidate;
        }
    }
    return result;
}

} // namespace

QString OptionReader::adviceOn(const QString &name) const
{
    if (m_object && m_object->metaObject()->indexOfProperty(qPrintable(name)) >= 0)
        return u"It is a property of the element itself: set it beside the options"_s;
    const QString meant = nearest(name, m_known);
    return meant.isEmpty() ? u"The documentation of the element's property lists them"_s
                           : u"Did you mean \"%1\"?"_s.arg(meant);
}

void OptionReader::warnOfUnknown() const
{
    for (auto it = m_rest.cbegin(); it != m_rest.cend(); ++it) {
        warn(m_object, u"There is no option \"%1\". %2"_s.arg(it.key(), adviceOn(it.key())));
    }
}

} // namespace SocketIo::detail
