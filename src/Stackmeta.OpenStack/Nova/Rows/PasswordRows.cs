using System.Data.Common;
using System.Text;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack;

/// <summary>
/// The password resource's storage: four rows of <c>instance_system_metadata</c>, <c>password_0</c> to <c>password_3</c>, with up to
/// 255 characters each (spec/nova-metadata.md §5.4). Only these four are written, where Nova writes back all that it knows.
/// </summary>
static class PasswordRows
{
    public const string Prefix = "password_";

    const int Chunks = 4;
    const int ChunkCharacters = 255;

    /// <summary>The parts put together in the order of their keys as text. False when one is NULL.</summary>
    public static bool TryJoin(Dictionary<string, string?> systemMetadata, out string password)
    {
        var parts = systemMetadata
            .Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => pair.Value)
            .ToArray();
        password = string.Concat(parts);
        return !parts.Contains(null);
    }

    /// <summary>Stores a password unless one is stored, in one transaction that locks the instance's row.</summary>
    /// <returns><see cref="Refusal.None"/>, <see cref="Refusal.PasswordAlreadySet"/>, <see cref="Refusal.PasswordInstanceGone"/>, or
    /// <see cref="Refusal.PasswordNotText"/> for characters that the column cannot hold.</returns>
    public static async ValueTask<Refusal> SetAsync(
        DbConnection connection,
        DatabaseSource source,
        string uuid,
        string password,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (instance, stored, live) = await LockAndReadAsync(connection, transaction, uuid, cancellationToken);
        if (instance is null)
        {
            return Refusal.PasswordInstanceGone;
        }
        var wanted = Split(password);
        if (!TryJoin(stored, out var current) || current.Length > 0)
        {
            // The same password in the same four parts: an answer of the database was lost and this is the second try.
            return password.Length > 0 && current == password ? Refusal.None : Refusal.PasswordAlreadySet;
        }
        try
        {
            await WriteAsync(connection, transaction, source, instance, wanted, live, cancellationToken);
        }
        catch (DbException error) when (DatabaseFaults.IsUnstorableText(error))
        {
            return Refusal.PasswordNotText;
        }
        await transaction.CommitAsync(cancellationToken);
        return Refusal.None;
    }

    static async ValueTask<(
        string? Instance,
        Dictionary<string, string?> Stored,
        HashSet<string> Live
    )> LockAndReadAsync(
        DbConnection connection,
        DbTransaction transaction,
        string uuid,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = """
            SELECT i.uuid FROM instances i WHERE i.uuid = @instance AND i.deleted = 0 FOR UPDATE;
            SELECT s.key AS name, s.value AS value, s.deleted AS deleted FROM instance_system_metadata s
            WHERE s.instance_uuid = @instance AND s.key LIKE 'password|_%' ESCAPE '|' ORDER BY s.id;
            """;
        command.Add("instance", uuid);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var instance = await row.ReadAsync(cancellationToken) ? row.Text("uuid") : null;
        var stored = new Dictionary<string, string?>(StringComparer.Ordinal);
        var live = new HashSet<string>(StringComparer.Ordinal);
        await row.EachOfNextAsync(
            () =>
            {
                var name = row.Text("name")!;
                stored[name] = row.Text("value");
                if (row.Number("deleted") is null or 0)
                {
                    live.Add(name);
                }
            },
            cancellationToken
        );
        return (instance, stored, live);
    }

    static async ValueTask WriteAsync(
        DbConnection connection,
        DbTransaction transaction,
        DatabaseSource source,
        string instance,
        string[] parts,
        HashSet<string> live,
        CancellationToken cancellationToken
    )
    {
        var table = "instance_system_metadata";
        var key = source.Quote("key");
        var text = new StringBuilder();
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.Add("instance", instance);
        for (var i = 0; i < Chunks; i++)
        {
            command.Add($"part{i}", parts[i]);
            text.AppendLine(
                live.Contains(Prefix + i)
                    ? $"UPDATE {table} SET value = @part{i}, updated_at = {source.UtcNow} WHERE instance_uuid = @instance AND {key} = '{Prefix}{i}' AND deleted = 0;"
                    : $"INSERT INTO {table} (created_at, instance_uuid, {key}, value, deleted) VALUES ({source.UtcNow}, @instance, '{Prefix}{i}', @part{i}, 0);"
            );
        }
        text.Append($"UPDATE instances SET updated_at = {source.UtcNow} WHERE uuid = @instance;");
        command.CommandText = text.ToString();
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Cuts between characters, as Python counts them: one outside the basic plane is one character here and two in .NET.
    /// </summary>
    internal static string[] Split(string password)
    {
        var parts = new string[Chunks];
        var rest = password.AsSpan();
        for (var i = 0; i < Chunks; i++)
        {
            var length = 0;
            for (var characters = 0; characters < ChunkCharacters && length < rest.Length; characters++)
            {
                length += char.IsHighSurrogate(rest[length]) && length + 1 < rest.Length ? 2 : 1;
            }
            parts[i] = rest[..length].ToString();
            rest = rest[length..];
        }
        return parts;
    }
}
