// SPDX-License-Identifier: MIT
#include "sharedlist.h"

#include <SocketIo/Manager>

#include <QtCore/quuid.h>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace SocketIo;

SharedList::SharedList(const QUrl &url, QObject *parent)
    : QAbstractListModel(parent)
    , m_socket(Manager::connectTo(url))
{
    m_socket->setParent(this);
    m_socket->on(u"changed"_s, this, &SharedList::receive);
    connect(m_socket, &ClientSocket::connected, this,
            [this] { m_socket->emitWithAck(u"list"_s)->then(this, &SharedList::receiveAll); });
    connect(m_socket, &ClientSocket::disconnected, this, [this] {
        m_isJoined = false;
        for (Entry &entry : m_entries)
            entry.sent = false; // whether it has arrived shows when the list comes again
        Q_EMIT stateChanged();
    });
    connect(m_socket, &ClientSocket::connectError, this, &SharedList::stateChanged);
}

int SharedList::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

QVariant SharedList::data(const QModelIndex &index, int role) const
{
    const Entry entry = m_entries.value(index.row());
    switch (role) {
    case Qt::DisplayRole:
        if (entry.conflict)
            return tr("%1 (changed meanwhile to: %2)").arg(entry.shown().text, entry.item.text);
        if (!entry.refusal.isEmpty())
            return tr("%1 (refused: %2)").arg(entry.shown().text, entry.refusal);
        return entry.mine ? tr("%1 (not sent yet)").arg(entry.mine->text) : entry.item.text;
    case Qt::EditRole:
        return entry.shown().text;
    case Qt::CheckStateRole:
        return entry.shown().done ? Qt::Checked : Qt::Unchecked;
    case ProblemRole:
        return entry.conflict || !entry.refusal.isEmpty();
    default:
        return {};
    }
}

bool SharedList::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!index.isValid() || (role != Qt::EditRole && role != Qt::CheckStateRole))
        return false;
    Item edited = m_entries.at(index.row()).shown();
    if (role == Qt::EditRole)
        edited.text = value.toString().left(200);
    else
        edited.done = value.toInt() == Qt::Checked;
    edit(index.row(), edited);
    return true;
}

Qt::ItemFlags SharedList::flags(const QModelIndex &index) const
{
    return QAbstractListModel::flags(index) | Qt::ItemIsEditable | Qt::ItemIsUserCheckable;
}

void SharedList::add(const QString &text)
{
    const int row = int(m_entries.size());
    Entry entry;
    entry.item.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    beginInsertRows({}, row, row);
    m_entries.append(entry);
    endInsertRows();
    Item edited = entry.item;
    edited.text = text.left(200);
    edit(row, edited);
}

void SharedList::resolve(int row, Resolution resolution)
{
    if (!isInConflict(row))
        return;
    Entry &entry = m_entries[row];
    entry.conflict = false;
    entry.refusal.clear();
    if (resolution == Resolution::TakeTheirs)
        entry.mine.reset();
    else
        entry.mine->version = entry.item.version;
    changed(row);
    send(row);
}

int SharedList::waitingCount() const
{
    return int(std::count_if(m_entries.cbegin(), m_entries.cend(),
                             [](const Entry &entry) { return entry.mine.has_value(); }));
}

void SharedList::edit(int row, const Item &edited)
{
    m_entries[row].mine = edited;
    m_entries[row].refusal.clear();
    changed(row);
    send(row);
}

void SharedList::send(int row)
{
    Entry &entry = m_entries[row];
    if (!m_isJoined || !entry.mine || entry.conflict || entry.sent)
        return;
    entry.sent = true;
    const Item edited = *entry.mine;
    m_socket->emitWithAck(u"edit"_s, edited)
        ->then(this, [this, edited](bool isAccepted, const Item &item, const QString &problem) {
            const int at = rowOf(edited.id);
            if (at < 0)
                return;
            Entry &current = m_entries[at];
            current.sent = false;
            // Edited once more while the answer was on its way: that edit builds on this one.
            const bool isNewer = current.mine
                && (current.mine->text != edited.text || current.mine->done != edited.done);
            if (isAccepted && isNewer) {
                current.item = item;
                current.mine->version = item.version;
                send(at);
                return;
            }
            if (!problem.isEmpty() && isNewer)
                send(at); // which may be taken
            else if (!problem.isEmpty())
                refuse(at, problem);
            else
                settle(edited.id, isAccepted, item);
        });
}

void SharedList::refuse(int row, const QString &why)
{
    m_entries[row].refusal = why;
    changed(row);
}

void SharedList::settle(const QString &id, bool isAccepted, const Item &item)
{
    const int row = rowOf(id);
    Entry &entry = m_entries[row];
    entry.item = item;
    // The same edit by somebody else, or one whose answer was lost, is no conflict.
    const bool isSame =
        entry.mine && entry.mine->text == item.text && entry.mine->done == item.done;
    if (isAccepted || isSame)
        entry.mine.reset();
    entry.conflict = entry.mine.has_value();
    changed(row);
}

void SharedList::receive(const Item &item)
{
    const int row = rowOf(item.id);
    if (row < 0) {
        beginInsertRows({}, int(m_entries.size()), int(m_entries.size()));
        m_entries.append({item, {}, false, false, {}});
        endInsertRows();
    } else if (m_entries.at(row).mine && item.version != m_entries.at(row).mine->version) {
        if (!m_entries.at(row).sent) // else the server's answer decides
            settle(item.id, false, item);
    } else {
        m_entries[row].item = item;
        changed(row);
    }
}

void SharedList::receiveAll(const QList<Item> &items)
{
    m_isJoined = true;
    for (const Item &item : items)
        receive(item);
    for (int row = 0; row < rowCount(); ++row)
        send(row);
    Q_EMIT stateChanged();
}

int SharedList::rowOf(const QString &id) const
{
    const auto entry = std::find_if(m_entries.cbegin(), m_entries.cend(),
                                    [&](const Entry &each) { return each.item.id == id; });
    return entry == m_entries.cend() ? -1 : int(entry - m_entries.cbegin());
}

void SharedList::changed(int row)
{
    Q_EMIT dataChanged(index(row), index(row));
    Q_EMIT stateChanged();
}
