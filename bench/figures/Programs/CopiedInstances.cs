using System.Globalization;
using MySqlConnector;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// Copies of one instance in Nova's databases, every row of it, under uuids of their own, and of its port in Neutron's.
/// </summary>
sealed class CopiedInstances : IDisposable
{
    /// <summary>What their uuids end with.</summary>
    const string Mark = "-0000-4000-8000-00000000c0de";

    /// <summary>In SQL, of the copy with the number <c>seq</c>.</summary>
    const string Copied = $"CONCAT(LPAD(LOWER(HEX(seq)), 8, '0'), '{Mark}')";

    /// <summary>The tables that hold an instance, and the column that names it.</summary>
    static readonly (string Database, string Table, string Column)[] Tables =
    [
        ("nova_api", "instance_mappings", "instance_uuid"),
        ("nova_cell1", "instances", "uuid"),
        ("nova_cell1", "instance_extra", "instance_uuid"),
        ("nova_cell1", "instance_info_caches", "instance_uuid"),
        ("nova_cell1", "instance_metadata", "instance_uuid"),
        ("nova_cell1", "instance_system_metadata", "instance_uuid"),
        ("nova_cell1", "block_device_mapping", "instance_uuid"),
        ("nova_cell1", "instance_id_mappings", "uuid"),
    ];

    readonly MySqlConnection _connection;
    readonly Dictionary<string, long> _ec2Numbers = new(StringComparer.Ordinal);

    // Of Statements itself, so that they can be left out.
    long _asked;

    public CopiedInstances(RealCloud cloud, int count)
    {
        Count = count;
        _connection = new(
            new MySqlConnectionStringBuilder
            {
                Server = cloud.DatabaseSocket,
                ConnectionProtocol = MySqlConnectionProtocol.UnixSocket,
                UserID = "root",
                DefaultCommandTimeout = 600,
            }.ConnectionString
        );
        _connection.Open();
        Remove();
        foreach (var (database, table, column) in Tables)
        {
            Copy(database, table, column, cloud.InstanceId);
        }
        foreach (var statement in CopiedPorts.Insert(cloud.InstanceId, Copied, Count))
        {
            Execute(statement);
        }
        using var command = Command(
            $"SELECT uuid, MIN(id) FROM nova_cell1.instance_id_mappings WHERE uuid LIKE '%{Mark}' GROUP BY uuid"
        );
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            _ec2Numbers.Add(rows.GetString(0), rows.GetInt64(1));
        }
    }

    public int Count { get; }

    /// <param name="number">From 0.</param>
    public static string InstanceId(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number + 1:x8}{Mark}");

    /// <summary>What answers say of this copy alone: its uuid and its EC2 id.</summary>
    public IReadOnlyList<string> Values(int number) => [InstanceId(number), $"i-{_ec2Numbers[InstanceId(number)]:x8}"];

    /// <summary>Statements that the server has been asked for since it started, this one not counted.</summary>
    public long Statements()
    {
        _asked++;
        return long.Parse(
                (string)
                    Scalar(
                        "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'QUESTIONS'"
                    )!,
                CultureInfo.InvariantCulture
            ) - _asked;
    }

    void Copy(string database, string table, string column, string original)
    {
        var columns = (string)
            Scalar(
                $"""
                SELECT GROUP_CONCAT(CONCAT('`', column_name, '`') ORDER BY ordinal_position) FROM information_schema.columns
                WHERE table_schema = '{database}' AND table_name = '{table}' AND column_name <> 'id'
                """
            )!;
        var copied = columns.Replace($"`{column}`", Copied, StringComparison.Ordinal);
        Execute(
            $"INSERT INTO {database}.{table} ({columns}) SELECT {copied} FROM {database}.{table}, mysql.seq_1_to_{Count} WHERE `{column}` = '{original}'"
        );
    }

    void Remove()
    {
        foreach (var statement in CopiedPorts.Remove())
        {
            Execute(statement);
        }
        foreach (var (database, table, column) in Tables.Reverse())
        {
            Execute($"SET FOREIGN_KEY_CHECKS = 0; DELETE FROM {database}.{table} WHERE `{column}` LIKE '%{Mark}'");
        }
    }

    void Execute(string statement)
    {
        using var command = Command(statement);
        command.ExecuteNonQuery();
    }

    object? Scalar(string statement)
    {
        using var command = Command(statement);
        return command.ExecuteScalar();
    }

    MySqlCommand Command(string statement)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is made of constants of this file.
        command.CommandText = statement;
#pragma warning restore CA2100
        return command;
    }

    public void Dispose()
    {
        Remove();
        _connection.Dispose();
    }
}
