// SPDX-License-Identifier: MIT
#include "qmllistmodel.h"

#include "base/callout_p.h"
#include "jsvalues_p.h"
#include "qmlwarnings_p.h"
#include "rowvalues_p.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qmetaobject.h>

#include <algorithm>
#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;
using EngineIo::detail::CallOut;

namespace {

// Objects with ever new members would let the roles grow without end.
constexpr qsizetype MaxRoles = 256;

} // namespace

QmlListModel::QmlListModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

QmlListModel::~QmlListModel()
{
    for (int kind = Insert; kind < KindCount; ++kind)
        stopListening(Kind(kind));
}

void QmlListModel::componentComplete()
{
    const bool hasEvents = std::any_of(m_events.cbegin(), m_events.cend(),
                                       [](const QString &e) { return !e.isEmpty(); });
    if (hasEvents && !m_hasClient) {
        warn(this,
             u"This model has no client to receive its events: declare it in a SocketIoClient, or "
             "set its property client"_s);
    }
}

void QmlListModel::setClient(QmlClient *client)
{
    m_hasClient = true;
    if (m_client == client)
        return;
    for (int kind = Insert; kind < KindCount; ++kind)
        stopListening(Kind(kind));
    m_client = client;
    for (int kind = Insert; kind < KindCount; ++kind)
        listen(Kind(kind));
    CallOut out(this);
    out.emitSignal(&QmlListModel::clientChanged);
    for (int kind = Insert; kind < KindCount; ++kind)
        out.call([&] { warnOfEvent(Kind(kind)); });
}

void QmlListModel::setEvent(Kind kind, const QString &event, Signal changed)
{
    if (m_events[kind] == event)
        return;
    stopListening(kind);
    m_events[kind] = event;
    listen(kind);
    CallOut out(this);
    out.emitSignal(changed);
    out.call([&] { warnOfEvent(kind); });
}

void QmlListModel::setInsertEvent(const QString &event)
{
    setEvent(Insert, event, &QmlListModel::insertEventChanged);
}

void QmlListModel::setUpdateEvent(const QString &event)
{
    setEvent(Update, event, &QmlListModel::updateEventChanged);
}

void QmlListModel::setRemoveEvent(const QString &event)
{
    setEvent(Remove, event, &QmlListModel::removeEventChanged);
}

void QmlListModel::setResetEvent(const QString &event)
{
    setEvent(Reset, event, &QmlListModel::resetEventChanged);
}

void QmlListModel::listen(Kind kind)
{
    if (!m_client || m_events[kind].isEmpty())
        return;
    m_client->listeners().add(
        m_events[kind], &m_contexts[kind],
        [this, kind](const QVariantList &args, const Ack &) { add(kind, args.value(0)); });
}

void QmlListModel::stopListening(Kind kind)
{
    if (m_client && !m_events[kind].isEmpty())
        m_client->listeners().remove(m_events[kind], &m_contexts[kind]);
}

// If it never comes.
void QmlListModel::warnOfEvent(Kind kind) const
{
    if (!m_client || m_events[kind].isEmpty())
        return;
    if (const QString reason = m_client->listeners().neverReceived(m_events[kind]);
        !reason.isEmpty())
        warn(this, reason);
}

void QmlListModel::setKeyRole(const QString &role)
{
    if (m_applying)
        return later([this, role] { setKeyRole(role); });
    if (m_keyRole == role)
        return;
    const auto change = [&] {
        m_keyRole = role;
        m_uselessTold = false;
    };
    startAnew(change, &QmlListModel::keyRoleChanged);
}

void QmlListModel::setRoles(const QStringList &roles)
{
    if (m_applying)
        return later([this, roles] { setRoles(roles); });
    if (m_roles == roles && m_rolesAreGiven)
        return;
    const auto change = [&] {
        m_roles = roles;
        m_rolesAreGiven = !roles.isEmpty();
    };
    startAnew(change, &QmlListModel::rolesChanged);
}

void QmlListModel::setMaximumCount(int count)
{
    if (m_maximumCount == count)
        return;
    m_maximumCount = count;
    CallOut out(this);
    if (out.emitSignal(&QmlListModel::maximumCountChanged))
        dropOldest();
}

void QmlListModel::dropOldest()
{
    if (m_applying)
        return later([this] { dropOldest(); });
    changeRows([this] { makeRoom(0); });
}

void QmlListModel::setBatchInterval(int milliseconds)
{
    if (m_batchInterval == milliseconds)
        return;
    m_batchInterval = milliseconds;
    Q_EMIT batchIntervalChanged();
}

int QmlListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant QmlListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    return m_rows.at(index.row()).values.value(role - FirstRole);
}

QHash<int, QByteArray> QmlListModel::roleNames() const
{
    QHash<int, QByteArray> names;
    for (int i = 0; i < m_roles.size(); ++i)
        names.insert(FirstRole + i, m_roles.at(i).toUtf8());
    return names;
}

QVariantMap QmlListModel::get(int row) const
{
    QVariantMap object;
    if (row < 0 || row >= count())
        return object;
    const QVariantList &values = m_rows.at(row).values;
    for (int i = 0; i < values.size(); ++i) {
        if (values.at(i).isValid())
            object.insert(m_roles.at(i), values.at(i));
    }
    return object;
}

int QmlListModel::find(const QJSValue &key) const
{
    const std::optional<QVariant> value =
        argumentFromJs(key, this); // may delete this: then nothing
    return value ? m_rows.find(keyOf(*value)) : -1;
}

QString QmlListModel::keyOf(const QVariant &value) const
{
    if (m_keyRole.isEmpty())
        return {};
    const QVariant key =
        value.typeId() == QMetaType::QVariantMap ? value.toMap().value(m_keyRole) : value;
    // Objects and arrays are no keys: all of them would have the same text.
    if (key.isNull() || !key.canConvert<QString>())
        return {};
    const QString text = key.toString();
    return text.isNull() ? u""_s : text;
}

void QmlListModel::insert(const QJSValue &objects)
{
    addFromJs(Insert, objects);
}

void QmlListModel::update(const QJSValue &objects)
{
    addFromJs(Update, objects);
}

void QmlListModel::remove(const QJSValue &keys)
{
    addFromJs(Remove, keys);
}

void QmlListModel::reset(const QJSValue &objects)
{
    addFromJs(Reset, objects);
}

void QmlListModel::clear()
{
    add(Reset, QVariantList());
}

void QmlListModel::addFromJs(Kind kind, const QJSValue &value)
{
    if (const std::optional<QVariant> data = argumentFromJs(value, this))
        add(kind, *data);
}

void QmlListModel::add(Kind kind, const QVariant &value)
{
    // With the keys that a handler has asked for before.
    if (m_applying && !m_later.empty())
        return later([this, kind, value] { add(kind, value); });
    // What came before a new start has no effect.
    if (kind == Reset)
        m_changes.clear();
    m_changes.append({kind, rowObjects(value)});
    if (m_batchInterval <= 0 && !m_applying)
        flush();
    else
        schedule();
}

// Has the changes applied at once after a pause; in a flood, when the interval since the last time is
// over.
void QmlListModel::schedule()
{
    if (m_changes.isEmpty() || m_applying || m_timer.isActive())
        return;
    const qint64 passed = m_lastFlush.isValid() ? m_lastFlush.elapsed() : m_batchInterval;
    m_timer.start(int(std::max<qint64>(0, m_batchInterval - passed)), Qt::PreciseTimer, this);
}

void QmlListModel::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer.timerId())
        return;
    m_timer.stop();
    flush();
}

// The roles with the members that the changes bring and that have not been seen before.
QStringList QmlListModel::learnRoles(const QList<Change> &changes)
{
    QStringList roles = m_roles;
    if (m_rolesAreGiven)
        return roles;
    QSet<QString> known(roles.cbegin(), roles.cend());
    for (const Change &change : changes) {
        if (change.kind == Remove)
            continue;
        for (const QVariant &object : change.values) {
            const QVariantMap members = object.toMap();
            for (auto it = members.cbegin(); it != members.cend(); ++it) {
                if (known.contains(it.key()))
                    continue;
                if (roles.size() == MaxRoles) {
                    warnSoon(&m_surplusTold, &QmlListModel::warnOfSurplus);
                    return roles;
                }
                known.insert(it.key());
                roles.append(it.key());
            }
        }
    }
    return roles;
}

void QmlListModel::flush()
{
    if (m_applying || m_changes.isEmpty())
        return;
    m_timer.stop();
    m_lastFlush.start();
    const QList<Change> changes = std::exchange(m_changes, {});
    const QStringList roles = learnRoles(changes);
    RowsBatch batch(&m_rows, roles);
    for (const Change &change : changes)
        collect(&batch, change);
    if (roles.size() == m_roles.size())
        return changeRows([&] { apply(&batch); });
    // Views ask for the roles' names when the model is reset, and only then.
    const auto reset = [&] {
        m_roles = roles;
        apply(&batch);
    };
    changeRows([&] { resetRows(reset); }, &QmlListModel::rolesChanged);
}

void QmlListModel::collect(RowsBatch *batch, const Change &change)
{
    if (change.kind == Reset)
        batch->removeAll();
    bool isUseless = !change.values.isEmpty();
    for (const QVariant &value : change.values) {
        const QString key = keyOf(value);
        if (!m_keyRole.isEmpty() && key.isNull())
            continue;
        if (change.kind == Remove)
            batch->remove(key);
        else if (value.typeId() == QMetaType::QVariantMap)
            batch->put(key, value.toMap(),
                       change.kind == Update ? RowsBatch::Missing::Kept
                                             : RowsBatch::Missing::Cleared);
        else
            continue;
        isUseless = false;
    }
    if (isUseless)
        warnSoon(&m_uselessTold, &QmlListModel::warnOfUseless);
}

// Once, and when nothing is being changed: the engine tells the application of a warning.
void QmlListModel::warnSoon(bool *isTold, void (QmlListModel::*warning)() const)
{
    if (!std::exchange(*isTold, true)) {
        QMetaObject::invokeMethod(
            this, [this, warning] { (this->*warning)(); }, Qt::QueuedConnection);
    }
}

// Single objects may be left out on purpose; if all are, that is probably a mistake.
void QmlListModel::warnOfUseless() const
{
    const QString rows = m_keyRole.isEmpty()
        ? u"objects"_s
        : u"objects with the member \"%1\", the keyRole,"_s.arg(m_keyRole);
    warn(this,
         u"This model has been given something other than %1 and has left it out. Check what the "
         "server sends, or the property keyRole"_s.arg(rows));
}

void QmlListModel::warnOfSurplus() const
{
    warn(
        this,
        u"The objects that this model was given have more than %1 members, and their values beyond "
        "those have been left out. Set the property roles to the members that matter"_s.arg(
            MaxRoles));
}

} // namespace SocketIo
