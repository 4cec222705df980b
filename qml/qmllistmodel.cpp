// SPDX-License-Identifier: MIT
#include "qmllistmodel.h"

#include <QtCore/qcoreevent.h>

#include <algorithm>
#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;

namespace {

// More members than that are no table.
constexpr qsizetype MaxRoles = 256;
constexpr int FirstRole = Qt::UserRole + 1;

// Events carry one object or an array of them.
QVariantList toList(const QVariant &value)
{
    return value.typeId() == QMetaType::QVariantList ? value.toList() : QVariantList{value};
}

// Calls function(first, last) for each run of neighbours in numbers.
template<typename Function>
void forEachRange(const QList<int> &sorted, Function function)
{
    for (qsizetype i = 0; i < sorted.size();) {
        qsizetype end = i + 1;
        while (end < sorted.size() && sorted.at(end) == sorted.at(end - 1) + 1)
            ++end;
        function(sorted.at(i), sorted.at(end - 1));
        i = end;
    }
}

} // namespace

// The changes of one frame, while they are being applied.
class QmlListModel::Batch
{
public:
    explicit Batch(QmlListModel *model)
        : m_model(model)
    {
    }

    void put(const QVariantMap &object, bool merge)
    {
        const QString key = m_model->keyOf(object);
        if (Row *row = find(key)) {
            set(row, object, merge);
            return;
        }
        if (!m_model->m_keyRole.isEmpty() && key.isNull())
            return;
        m_newRows.emplace_back();
        if (!key.isNull())
            m_newKeys.insert(key, int(m_newRows.size()) - 1);
        m_changed = nullptr;
        set(&m_newRows.back(), object, true);
    }
    void remove(const QString &key)
    {
        const int newRow = m_newKeys.value(key, -1);
        if (newRow >= 0) {
            m_newKeys.remove(key);
            m_gone.insert(newRow);
        } else if (const int row = m_model->rowOf(key); row >= 0) {
            m_removed.insert(row);
        }
    }
    void removeAll()
    {
        m_newRows.clear();
        m_newKeys.clear();
        m_gone.clear();
        for (int row = 0; row < m_model->count(); ++row)
            m_removed.insert(row);
    }

    const QSet<int> &removedRows() const { return m_removed; }
    const QHash<int, QSet<int>> &changedRows() const { return m_changedRows; }
    std::deque<Row> takeNewRows()
    {
        std::deque<Row> rows;
        for (size_t i = 0; i < m_newRows.size(); ++i) {
            if (!m_gone.contains(int(i)))
                rows.push_back(std::move(m_newRows[i]));
        }
        return rows;
    }

private:
    Row *find(const QString &key)
    {
        if (key.isNull())
            return nullptr;
        m_changed = nullptr;
        if (const int newRow = m_newKeys.value(key, -1); newRow >= 0)
            return &m_newRows[size_t(newRow)];
        const int row = m_model->rowOf(key);
        if (row < 0 || m_removed.contains(row))
            return nullptr;
        m_changed = &m_changedRows[row];
        return &m_model->m_rows[size_t(row)];
    }
    void set(Row *row, const QVariantMap &object, bool merge)
    {
        const QStringList &roles = m_model->m_roles;
        row->resize(roles.size());
        for (int i = 0; i < roles.size(); ++i) {
            const auto member = object.constFind(roles.at(i));
            if (member == object.cend() && merge)
                continue;
            const QVariant value = member == object.cend() ? QVariant() : *member;
            if ((*row)[i] == value)
                continue;
            (*row)[i] = value;
            if (m_changed)
                m_changed->insert(FirstRole + i);
        }
    }

    QmlListModel *m_model;
    QSet<int> *m_changed = nullptr; // the roles of the row that find() has found
    QHash<int, QSet<int>> m_changedRows;
    QSet<int> m_removed;
    std::deque<Row> m_newRows;
    QHash<QString, int> m_newKeys;
    QSet<int> m_gone; // new rows that were removed again
};

QmlListModel::QmlListModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

QmlListModel::~QmlListModel()
{
    for (int kind = Insert; kind < KindCount; ++kind)
        stopListening(Kind(kind));
}

void QmlListModel::setClient(QmlClient *client)
{
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
    m_client->handlers().add(
        m_events[kind], this,
        [this, kind](const QVariantList &args, const Ack &) { add(kind, args.value(0)); });
}

void QmlListModel::stopListening(Kind kind)
{
    if (!m_client || m_events[kind].isEmpty())
        return;
    // Handlers go by event and receiver, and two kinds may share an event.
    m_client->handlers().remove(m_events[kind], this);
    for (int other = Insert; other < KindCount; ++other) {
        if (other != kind && m_events[other] == m_events[kind])
            listen(Kind(other));
    }
}

void QmlListModel::setKeyRole(const QString &role)
{
    if (m_keyRole == role)
        return;
    flush();
    m_keyRole = role;
    m_numbers.clear();
    reindex(0);
    Q_EMIT keyRoleChanged();
}

void QmlListModel::setRoles(const QStringList &roles)
{
    if (m_roles == roles && m_rolesAreFixed)
        return;
    clear();
    flush();
    beginResetModel();
    m_roles = roles;
    m_rolesAreFixed = !roles.isEmpty();
    m_roleNumbers.clear();
    for (int i = 0; i < m_roles.size(); ++i)
        m_roleNumbers.insert(m_roles.at(i), i);
    endResetModel();
    Q_EMIT rolesChanged();
}

void QmlListModel::setMaximumCount(int count)
{
    if (m_maximumCount == count)
        return;
    m_maximumCount = count;
    Q_EMIT maximumCountChanged();
    append({});
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
    return m_rows[size_t(index.row())].value(role - FirstRole);
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
    const Row &values = m_rows[size_t(row)];
    for (int i = 0; i < m_roles.size(); ++i) {
        if (const QVariant value = values.value(i); value.isValid())
            object.insert(m_roles.at(i), value);
    }
    return object;
}

int QmlListModel::find(const QVariant &key) const
{
    return rowOf(key.toString());
}

QString QmlListModel::keyOf(const QVariant &value) const
{
    if (m_keyRole.isEmpty())
        return {};
    const QVariant key =
        value.typeId() == QMetaType::QVariantMap ? value.toMap().value(m_keyRole) : value;
    return key.isNull() ? QString() : key.toString();
}

int QmlListModel::rowOf(const QString &key) const
{
    const auto number = m_numbers.constFind(key);
    return number == m_numbers.cend() ? -1 : int(*number - m_removedInFront);
}

void QmlListModel::insert(const QVariant &objects)
{
    add(Insert, objects);
}

void QmlListModel::update(const QVariant &objects)
{
    add(Update, objects);
}

void QmlListModel::remove(const QVariant &keys)
{
    add(Remove, keys);
}

void QmlListModel::reset(const QVariant &objects)
{
    add(Reset, objects);
}

void QmlListModel::clear()
{
    add(Reset, QVariantList());
}

void QmlListModel::add(Kind kind, const QVariant &value)
{
    // From JavaScript objects come as they are.
    m_changes.append({kind,
                      value.metaType() == QMetaType::fromType<QJSValue>()
                          ? value.value<QJSValue>().toVariant()
                          : value});
    if (m_batchInterval <= 0)
        flush();
    else if (!m_timer.isActive())
        m_timer.start(m_batchInterval, Qt::PreciseTimer, this);
}

void QmlListModel::timerEvent(QTimerEvent *event)
{
    if (event->timerId() == m_timer.timerId())
        flush();
}

// Answers whether the collected changes bring members that have not been seen before.
bool QmlListModel::learnRoles()
{
    if (m_rolesAreFixed)
        return false;
    const qsizetype known = m_roles.size();
    for (const Change &change : std::as_const(m_changes)) {
        if (change.kind == Remove)
            continue;
        const QVariantList objects = toList(change.value);
        for (const QVariant &object : objects) {
            const QVariantMap members = object.toMap();
            for (auto it = members.cbegin(); it != members.cend(); ++it) {
                if (m_roles.size() < MaxRoles && !m_roleNumbers.contains(it.key())) {
                    m_roleNumbers.insert(it.key(), int(m_roles.size()));
                    m_roles.append(it.key());
                }
            }
        }
    }
    return m_roles.size() != known;
}

void QmlListModel::flush()
{
    m_timer.stop();
    if (m_changes.isEmpty())
        return;
    const int countBefore = count();
    // Views ask for the roles' names when the model is reset, and only then.
    const bool hasNewRoles = learnRoles();
    if (hasNewRoles) {
        beginResetModel();
        m_resetting = true;
    }
    apply();
    if (hasNewRoles) {
        m_resetting = false;
        endResetModel();
        Q_EMIT rolesChanged();
    }
    if (count() != countBefore)
        Q_EMIT countChanged();
}

void QmlListModel::apply()
{
    const QList<Change> changes = std::exchange(m_changes, {});
    Batch batch(this);
    for (const Change &change : changes) {
        const QVariantList values = toList(change.value);
        if (change.kind == Reset)
            batch.removeAll();
        for (const QVariant &value : values) {
            if (change.kind == Remove)
                batch.remove(keyOf(value));
            else if (value.typeId() == QMetaType::QVariantMap)
                batch.put(value.toMap(), change.kind == Update);
        }
    }
    if (!m_resetting) {
        QList<int> changed;
        QSet<int> roles;
        for (auto it = batch.changedRows().cbegin(); it != batch.changedRows().cend(); ++it) {
            if (it->isEmpty() || batch.removedRows().contains(it.key()))
                continue;
            changed.append(it.key());
            roles.unite(*it);
        }
        std::sort(changed.begin(), changed.end());
        forEachRange(changed, [this, roleList = roles.values()](int first, int last) {
            Q_EMIT dataChanged(index(first), index(last), roleList);
        });
    }
    removeMarked(batch.removedRows());
    append(batch.takeNewRows());
}

void QmlListModel::removeMarked(const QSet<int> &marked)
{
    if (marked.isEmpty())
        return;
    QList<int> rows(marked.cbegin(), marked.cend());
    std::sort(rows.begin(), rows.end());
    QList<std::pair<int, int>> ranges;
    forEachRange(rows, [&](int first, int last) { ranges.append({first, last}); });
    for (auto range = ranges.crbegin(); range != ranges.crend(); ++range) {
        const auto [first, last] = *range;
        if (!m_resetting)
            beginRemoveRows({}, first, last);
        for (int row = first; row <= last; ++row)
            m_numbers.remove(keyOf(get(row)));
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        if (first == 0)
            m_removedInFront += last + 1;
        else
            reindex(first);
        if (!m_resetting)
            endRemoveRows();
    }
}

// Appends rows; of too many the oldest go.
void QmlListModel::append(std::deque<Row> &&rows)
{
    if (m_maximumCount > 0) {
        while (rows.size() > size_t(m_maximumCount))
            rows.pop_front();
        const int excess = count() + int(rows.size()) - m_maximumCount;
        QSet<int> oldest;
        for (int row = 0; row < excess; ++row)
            oldest.insert(row);
        removeMarked(oldest);
    }
    if (rows.empty())
        return;
    const int first = count();
    if (!m_resetting)
        beginInsertRows({}, first, first + int(rows.size()) - 1);
    std::move(rows.begin(), rows.end(), std::back_inserter(m_rows));
    reindex(first);
    if (!m_resetting)
        endInsertRows();
}

void QmlListModel::reindex(int from)
{
    const int keyNumber = m_keyRole.isEmpty() ? -1 : m_roleNumbers.value(m_keyRole, -1);
    if (keyNumber < 0)
        return;
    for (int row = from; row < count(); ++row)
        m_numbers.insert(m_rows[size_t(row)].value(keyNumber).toString(), row + m_removedInFront);
}

} // namespace SocketIo
