// SPDX-License-Identifier: MIT
#include "jslisteners_p.h"

#include "base/callout_p.h"
#include "jscalls_p.h"
#include "jsvalues_p.h"
#include "qmlcontext_p.h"
#include "socketio/events/reservednames_p.h"

#include <SocketIo/EventListeners>

#include <QtQml/qjsengine.h>

#include <algorithm>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

QString JsListeners::neverReceived(const QString &event) const
{
    return neverReceivedText(event, m_from, ListenerLanguage::Qml);
}

void JsListeners::setSource(EventListeners *source)
{
    m_source = source;
    if (!source)
        return;
    for (auto it = m_entries.cbegin(); it != m_entries.cend(); ++it)
        listen(it.key());
    for (const Direction direction : {Direction::In, Direction::Out}) {
        if (!anyFunctions(direction).isEmpty())
            listenToAll(direction);
    }
}

// One listener serves all that wait for the event. For one that never comes it would warn in terms
// of C++.
void JsListeners::listen(const QString &event)
{
    if (!neverReceived(event).isEmpty())
        return;
    m_source->on(event, m_owner, [this, event](const QVariantList &args, const Ack &ack) {
        deliver(event, args, ack);
    });
}

void JsListeners::add(const QString &event, QObject *context, const Function &listener)
{
    const bool isNew = !m_entries.contains(event);
    m_entries[event].append({context, listener, {}, false, ++m_lastNumber});
    if (isNew && m_source)
        listen(event);
}

void JsListeners::remove(const QString &event, QObject *context)
{
    removeIf(event, [&](const Entry &entry) { return entry.context == context; });
}

template<typename Condition>
bool JsListeners::removeIf(const QString &event, const Condition &condition)
{
    const auto entries = m_entries.find(event);
    if (entries == m_entries.end() || entries->removeIf(condition) == 0)
        return false;
    ++m_removals;
    if (entries->isEmpty())
        forget(event);
    return true;
}

// Nobody waits for the event any more.
void JsListeners::forget(const QString &event)
{
    m_entries.remove(event);
    if (m_source)
        m_source->off(event, m_owner);
}

void JsListeners::addFunction(const QString &event, const QJSValue &function, Times times)
{
    const bool isNew = !m_entries.contains(event);
    m_entries[event].append({m_owner, {}, function, times == Times::Once, ++m_lastNumber});
    if (isNew && m_source)
        listen(event);
}

void JsListeners::removeFunction(const QString &event, const QJSValue &function)
{
    removeIf(event, [&](const Entry &entry) {
        return !entry.listener
            && (function.isUndefined() || entry.function.strictlyEquals(function));
    });
}

// Removes that one; returns whether it was still there.
bool JsListeners::take(const QString &event, quint64 number)
{
    return removeIf(event, [&](const Entry &entry) { return entry.number == number; });
}

bool JsListeners::contains(const QString &event, quint64 number) const
{
    const auto entries = m_entries.constFind(event);
    return entries != m_entries.cend()
        && std::any_of(entries->cbegin(), entries->cend(),
                       [&](const Entry &entry) { return entry.number == number; });
}

void JsListeners::removeFunctions()
{
    const QStringList names = m_entries.keys();
    for (const QString &name : names)
        removeFunction(name, {});
}

void JsListeners::addAnyFunction(Direction direction, Place place, const QJSValue &function)
{
    QList<QJSValue> &functions = anyFunctions(direction);
    const bool isFirst = functions.isEmpty();
    functions.insert(place == Place::First ? 0 : functions.size(), function);
    if (isFirst && m_source)
        listenToAll(direction);
}

void JsListeners::removeAnyFunction(Direction direction, const QJSValue &function)
{
    QList<QJSValue> &functions = anyFunctions(direction);
    const auto removed = functions.removeIf([&](const QJSValue &other) {
        return function.isUndefined() || other.strictlyEquals(function);
    });
    if (removed > 0)
        ++m_removals;
    if (!functions.isEmpty() || !m_source)
        return;
    if (direction == Direction::In)
        m_source->offAny(m_owner);
    else
        m_source->offAnyOutgoing(m_owner);
}

bool JsListeners::containsAny(Direction direction, const QJSValue &function)
{
    const QList<QJSValue> &functions = anyFunctions(direction);
    return std::any_of(functions.cbegin(), functions.cend(),
                       [&](const QJSValue &other) { return other.strictlyEquals(function); });
}

void JsListeners::listenToAll(Direction direction)
{
    const auto slot = [this, direction](const QString &event, const QVariantList &args) {
        deliverAny(direction, event, args);
    };
    if (direction == Direction::In)
        m_source->onAny(m_owner, slot);
    else
        m_source->onAnyOutgoing(m_owner, slot);
}

void JsListeners::deliverAny(Direction direction, const QString &event, const QVariantList &args)
{
    EngineIo::detail::CallOut out(m_owner);
    const QList<QJSValue> functions = anyFunctions(direction);
    const quint64 removals = m_removals;
    for (const QJSValue &function : functions) {
        const bool goOn = out.call([&] {
            if (m_removals != removals && !containsAny(direction, function))
                return;
            if (QJSEngine *engine = engineOf(m_owner)) {
                callJs(m_owner, function,
                       QJSValueList{QJSValue(event)} + argumentsToJs(engine, args));
            }
        });
        if (!goOn)
            return;
    }
}

void JsListeners::deliver(const QString &event, const QVariantList &args, const Ack &ack)
{
    EngineIo::detail::CallOut out(m_owner);
    const QList<Entry> entries = m_entries.value(event);
    const quint64 removals = m_removals;
    for (const Entry &entry : entries) {
        const bool goOn = out.call([&] {
            // A listener may have taken it off, and a nested delivery may have called it.
            if (m_removals != removals && !contains(event, entry.number))
                return;
            if (entry.once)
                take(event, entry.number);
            if (entry.listener && entry.context)
                entry.listener(args, ack);
            else if (!entry.listener)
                callFunction(event, entry.function, args, ack);
        });
        if (!goOn)
            return;
    }
}

void JsListeners::callFunction(const QString &event, const QJSValue &function,
                               const QVariantList &args, const Ack &ack) const
{
    QJSEngine *engine = engineOf(m_owner);
    if (!engine)
        return;
    QJSValueList values = argumentsToJs(engine, args);
    if (ack.isWanted())
        values.append(ackToJs(engine, ack, m_owner, event));
    callJs(m_owner, function, values);
}

} // namespace SocketIo::detail
