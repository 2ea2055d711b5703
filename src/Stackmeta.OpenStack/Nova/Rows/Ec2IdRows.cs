using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Instances;

namespace Stackmeta.OpenStack;

/// <summary>
/// The numbers behind EC2 ids: auto-increment ids of rows that Nova makes when it is first asked (spec/nova-metadata.md §7.4). A
/// missing row is inserted as Nova would, where the database user may; else the number is derived from the uuid.
/// </summary>
sealed class Ec2IdRows(GuardedDatabase database, ILogger log)
{
    // Set once, when the database refuses an insert for good; read before each. Losing a race costs one more refused insert.
    volatile bool _refusesInserts;

    // Set once, when it was told that numbers are derived.
    volatile bool _isTold;

    /// <summary>The numbers of an instance; inserts what is missing and changes <paramref name="rows"/> accordingly.</summary>
    public async ValueTask<Ec2Ids> CompleteAsync(
        DbConnection connection,
        InstanceRows rows,
        CancellationToken cancellationToken
    )
    {
        if (
            (rows.InstanceNumber is null || rows.Images.Any(image => !rows.ImageNumbers.ContainsKey(image)))
            && !_refusesInserts
        )
        {
            try
            {
                await InsertAsync(connection, rows, cancellationToken);
            }
            catch (DbException error)
                when (DatabaseFaults.Sort(error)
                        is DatabaseFault.Forbidden
                            or DatabaseFault.ReadOnly
                            or DatabaseFault.Lasting
                )
            {
                // A standby may be promoted later; then numbers are inserted again.
                _refusesInserts = DatabaseFaults.Sort(error) != DatabaseFault.ReadOnly;
                if (!_isTold)
                {
                    _isTold = true;
                    log.Ec2IdsDerived(database.Name, error.Message);
                }
            }
        }
        return new(
            rows.InstanceNumber ?? Derive(rows.Uuid),
            NumberOf(rows, rows.ImageRef),
            NumberOf(rows, rows.KernelId),
            NumberOf(rows, rows.RamdiskId)
        );
    }

    /// <summary>
    /// A number that stays the same for a uuid, of 8 hexadecimal digits and above two thousand million, where no auto-increment id gets.
    /// </summary>
    internal static long Derive(string uuid)
    {
        const uint TopBit = 0x8000_0000;
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(uuid.ToLowerInvariant()));
        return TopBit | BinaryPrimitives.ReadUInt32BigEndian(digest);
    }

    static long? NumberOf(InstanceRows rows, string? image) =>
        string.IsNullOrEmpty(image) ? null
        : rows.ImageNumbers.TryGetValue(image, out var number) ? number
        : Derive(image);

    // One round trip: the inserts, and the rows as they then are. Two processes may insert at once; both then read the lower id.
    async ValueTask InsertAsync(DbConnection connection, InstanceRows rows, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        var text = new StringBuilder();
        if (rows.InstanceNumber is null)
        {
            text.Append(Insert("instance_id_mappings", "@instance"));
        }
        var missing = rows.Images.Where(image => !rows.ImageNumbers.ContainsKey(image)).ToArray();
        for (var i = 0; i < missing.Length; i++)
        {
            text.Append(Insert("s3_images", $"@image{i}"));
            command.Add($"image{i}", missing[i]);
        }
        command.Add("instance", rows.Uuid);
        text.Append("SELECT id, uuid, 1 AS is_instance FROM instance_id_mappings WHERE uuid = @instance ");
        for (var i = 0; i < missing.Length; i++)
        {
            text.Append($"UNION ALL SELECT id, uuid, 0 AS is_instance FROM s3_images WHERE uuid = @image{i} ");
        }
        text.Append("ORDER BY id;");
        command.CommandText = text.ToString();

        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (await row.ReadAsync(cancellationToken))
            {
                if (row.Number("is_instance") == 1)
                {
                    rows.InstanceNumber ??= row.Number("id");
                }
                else
                {
                    rows.ImageNumbers.TryAdd(row.Text("uuid")!, row.Number("id")!.Value);
                }
            }
        } while (await row.NextResultAsync(cancellationToken));
    }

    string Insert(string table, string uuid) =>
        $"INSERT INTO {table} (created_at, uuid, deleted) VALUES ({database.Source.UtcNow}, {uuid}, 0); ";
}
