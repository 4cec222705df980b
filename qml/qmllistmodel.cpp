// SPDX-License-Identifier: MIT
#include "qmllistmodel.h"

#include "base/callout_p.h"
#include "jsvalues_p.h"
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

constexpr int FirstRole = Qt::UserRole + 1;
// Objects with ever new members would let the roles grow without end.
constexpr qsizetype MaxRoles = 256;

// Neighbours in the numbers, as pairs of the first and the last of each run.
QList<std::pair<int, int>> runsOf(QList<int> numbers)
{
    std::sort(numbers.begin(), numbers.end());
    QList<std::pair<int, int>> runs;
    for (const int number : std::as_const(numbers)) {
        if (!runs.isEmpty() && runs.last().second == number - 1)
            runs.last().second = number;
        else
            runs.append({number, number});
    }
    return runs;
}

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
    Q_EMIT clientChanged();
}

void QmlListModel::setEvent(Kind kind, const QString &event, void (QmlListModel::*changed)())
{
    if (m_events[kind] == event)
        return;
    stopListening(kind);
    m_events[kind] = event;
    listen(kind);
    Q_EMIT(this->*changed)();
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
    if (const QString reason = m_client->handlers().neverReceived(m_events[kind]);
        !reason.isEmpty())
        warn(this, reason);
    m_client->handlers().add(
        m_events[kind], &m_receivers[kind],
        [this, kind](const QVariantList &args, const Ack &) { add(kind, args.value(0)); });
}

void QmlListModel::stopListening(Kind kind)
{
    if (m_client && !m_events[kind].isEmpty())
        m_client->handlers().remove(m_events[kind], &m_receivers[kind]);
}

void QmlListModel::setKeyRole(const QString &role)
{
    if (m_keyRole == role)
        return;
    if (m_applying)
        return later([this, role] { setKeyRole(role); });
    CallOut out(this);
    if (!out.call([this] { forget(); }))
        return;
    m_keyRole = role;
    m_uselessTold = false;
    Q_EMIT keyRoleChanged();
}

void QmlListModel::setRoles(const QStringList &roles)
{
    if (m_roles == roles && m_rolesAreGiven)
        return;
    if (m_applying)
        return later([this, roles] { setRoles(roles); });
    CallOut out(this);
    if (!out.call([this] { forget(); }))
        return;
    out.call([&] {
        beginResetModel();
        m_roles = roles;
        m_rolesAreGiven = !roles.isEmpty();
        endResetModel();
    });
    out.emitSignal(&QmlListModel::rolesChanged);
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
    const int countBefore = m_rows.count();
    m_applying = true;
    CallOut out(this);
    if (!out.call([this] { makeRoom(0); }))
        return;
    m_applying = false;
    if (m_rows.count() != countBefore)
        Q_EMIT countChanged();
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
    return m_rows.find(keyOf(argumentFromJs(key, this).value_or(QVariant())));
}

QString QmlListModel::keyOf(const QVariant &value) const
{
    if (m_keyRole.isEmpty())
        return {};
    const QVariant key =
        value.typeId() == QMetaType::QVariantMap ? value.toMap().value(m_keyRole) : value;
    // Of objects and arrays all would have the same text.
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
    // What came before a new start has no effect.
    if (kind == Reset)
        m_changes.clear();
    m_changes.append({kind, rowObjects(value)});
    if (m_batchInterval <= 0 && !m_applying)
        return flush();
    if (m_timer.isActive())
        return;
    // At once after a pause; in a flood, when the interval since the last time is over.
    const qint64 passed = m_lastFlush.isValid() ? m_lastFlush.elapsed() : m_batchInterval;
    m_timer.start(int(std::max<qint64>(0, m_batchInterval - passed)), Qt::PreciseTimer, this);
}

void QmlListModel::timerEvent(QTimerEvent *event)
{
    if (event->timerId() == m_timer.timerId())
        flush();
}

// For handlers of this model's signals that would change rows which are being changed.
void QmlListModel::later(const std::function<void()> &function)
{
    QMetaObject::invokeMethod(this, function, Qt::QueuedConnection);
}

// For new keys or roles: what there is was made with others.
void QmlListModel::forget()
{
    m_changes.clear();
    m_timer.stop();
    if (m_rows.count() == 0)
        return;
    CallOut out(this);
    out.call([this] {
        beginResetModel();
        m_rows.clear();
        endResetModel();
    });
    out.emitSignal(&QmlListModel::countChanged);
}

// Returns whether the collected changes bring members that have not been seen before.
bool QmlListModel::learnRoles()
{
    if (m_rolesAreGiven)
        return false;
    QSet<QString> known(m_roles.cbegin(), m_roles.cend());
    const qsizetype before = m_roles.size();
    for (const Change &change : std::as_const(m_changes)) {
        if (change.kind == Remove)
            continue;
        for (const QVariant &object : change.values) {
            const QVariantMap members = object.toMap();
            for (auto it = members.cbegin(); it != members.cend(); ++it) {
                if (m_roles.size() < MaxRoles && !known.contains(it.key())) {
                    known.insert(it.key());
                    m_roles.append(it.key());
                }
            }
        }
    }
    return m_roles.size() != before;
}

void QmlListModel::flush()
{
    // A handler of the signals below may change the model further; that is for the next time.
    if (m_applying || m_changes.isEmpty())
        return;
    m_timer.stop();
    m_lastFlush.start();
    m_applying = true;
    const int countBefore = count();
    // Views ask for the roles' names when the model is reset, and only then.
    const bool hasNewRoles = learnRoles();
    if (hasNewRoles) {
        m_resetting = true;
        beginResetModel();
    }
    const QPointer<QmlListModel> guard = this;
    apply();
    if (!guard)
        return;
    if (hasNewRoles) {
        m_resetting = false;
        endResetModel();
        CallOut out(this);
        if (!out.emitSignal(&QmlListModel::rolesChanged))
            return;
    }
    m_applying = false;
    if (count() != countBefore)
        Q_EMIT countChanged();
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
            batch->put(key, value.toMap(), change.kind == Update);
        else
            continue;
        isUseless = false;
    }
    if (isUseless && !std::exchange(m_uselessTold, true))
        later([this] { warnOfUseless(); });
}

// Single objects may be left out on purpose; if all are, that is probably a mistake.
void QmlListModel::warnOfUseless()
{
    const QString rows = m_keyRole.isEmpty()
        ? u"objects"_s
        : u"objects with the member \"%1\", the keyRole,"_s.arg(m_keyRole);
    warn(this,
         u"This model has been given something other than %1 and has left it out. Check what the "
         "server sends, or the property keyRole"_s.arg(rows));
}

void QmlListModel::apply()
{
    const QList<Change> changes = std::exchange(m_changes, {});
    RowsBatch batch(&m_rows, m_roles);
    for (const Change &change : changes)
        collect(&batch, change);
    if (!applyChanged(&batch))
        return;
    removeRowsOf(batch.removed());
    append(batch.takeNewRows());
}

// Returns whether the caller may go on.
bool QmlListModel::applyChanged(RowsBatch *batch)
{
    QList<int> rows;
    QSet<int> roleNumbers;
    for (auto it = batch->changed().cbegin(); it != batch->changed().cend(); ++it) {
        if (it->roles.isEmpty() || batch->removed().contains(it.key()))
            continue;
        rows.append(it.key());
        roleNumbers.unite(it->roles);
    }
    QList<int> roles;
    for (const int number : std::as_const(roleNumbers))
        roles.append(FirstRole + number);
    CallOut out(this);
    for (const auto &run : runsOf(rows)) {
        for (int row = run.first; row <= run.second; ++row)
            batch->apply(row);
        if (m_resetting)
            continue;
        if (!out.call([&] { Q_EMIT dataChanged(index(run.first), index(run.second), roles); }))
            return false;
    }
    return true;
}

void QmlListModel::removeRowsOf(const QSet<int> &rows)
{
    const QList<std::pair<int, int>> runs = runsOf(rows.values());
    for (auto run = runs.crbegin(); run != runs.crend(); ++run)
        removeRun(run->first, run->second);
}

void QmlListModel::removeRun(int first, int last)
{
    if (!m_resetting)
        beginRemoveRows({}, first, last);
    m_rows.remove(first, last);
    if (!m_resetting)
        endRemoveRows();
}

// The oldest rows go when with newRows more there were too many.
void QmlListModel::makeRoom(int newRows)
{
    const int excess = std::min(count() + newRows - m_maximumCount, count());
    if (m_maximumCount > 0 && excess > 0)
        removeRun(0, excess - 1);
}

void QmlListModel::append(std::deque<KeyedRows::Row> &&rows)
{
    while (m_maximumCount > 0 && rows.size() > size_t(m_maximumCount))
        rows.pop_front();
    makeRoom(int(rows.size()));
    if (rows.empty())
        return;
    if (!m_resetting)
        beginInsertRows({}, count(), count() + int(rows.size()) - 1);
    for (KeyedRows::Row &row : rows)
        m_rows.append(std::move(row));
    if (!m_resetting)
        endInsertRows();
}

} // namespace SocketIo
