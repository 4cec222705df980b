// SPDX-License-Identifier: MIT
#include "jspath_p.h"

#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

JsPath::Level::Level(JsPath *path, Key key)
    : m_path(path)
{
    path->m_steps.push_back({std::move(key), {}});
}

qsizetype JsPath::stepsTo(const QJSValue &object) const
{
    for (std::size_t i = 0; i + 1 < m_steps.size(); ++i) {
        if (m_steps.at(i).object.isObject() && m_steps.at(i).object.strictlyEquals(object))
            return qsizetype(i) + 1;
    }
    return 0;
}

QString JsPath::text(qsizetype steps) const
{
    QString place = isOfArguments()
        ? u"argument %1"_s.arg(std::get<qsizetype>(m_steps.front().key) + 1)
        : u"value"_s;
    constexpr qsizetype MaxSteps = 12;
    for (qsizetype i = 1; i < steps; ++i) {
        if (i == MaxSteps && steps > MaxSteps + 1) {
            place += u"\u2026"_s;
            i = steps - 1;
        }
        const Key &key = m_steps.at(std::size_t(i)).key;
        place += std::holds_alternative<QString>(key) ? u'.' + std::get<QString>(key)
                                                      : u"[%1]"_s.arg(std::get<qsizetype>(key));
    }
    return place;
}

} // namespace SocketIo::detail
