namespace Stackmeta.Bench.Figures;

/// <summary>
/// Statements that give each copied instance a copy of the original's port in Neutron's database, every row of it, so that Neutron has as
/// much to do for it as for a real one.
/// </summary>
static class CopiedPorts
{
    /// <summary>What their ids end with.</summary>
    const string Mark = "-0000-4000-8000-00000000f0de";

    /// <summary>Above the numbers of what is not copied.</summary>
    const int FirstAttribute = 10_000_000;

    static readonly string[] Tables =
    [
        "ml2_port_bindings",
        "portsecuritybindings",
        "securitygroupportbindings",
        "ipallocations",
    ];

    const string Id = $"CONCAT(LPAD(LOWER(HEX(seq)), 8, '0'), '{Mark}')";

    const string Mac = "LOWER(CONCAT('fa:17', REGEXP_REPLACE(LPAD(HEX(seq), 8, '0'), '(..)', ':\\\\1')))";

    const string Address =
        "IF(a.ip_address LIKE '%:%', CONCAT('fd00:c0de::', LOWER(HEX(seq))), CONCAT('10.', 200 + seq DIV 65536, '.', seq DIV 256 % 256, '.', seq % 256))";

    /// <param name="original">The instance that is copied.</param>
    /// <param name="instanceId">The SQL that makes the id of a copy of its number <c>seq</c>.</param>
    /// <param name="count">How many copies.</param>
    public static IEnumerable<string> Insert(string original, string instanceId, int count)
    {
        var from = $"FROM neutron.ports p JOIN mysql.seq_1_to_{count}";
        var where = $"WHERE p.device_id = '{original}'";
        return
        [
            $"INSERT INTO neutron.standardattributes (id, resource_type, revision_number) SELECT {FirstAttribute} + seq, 'ports', 1 {from} {where}",
            $"""
                INSERT INTO neutron.ports (project_id, id, name, network_id, mac_address, admin_state_up, status, device_id, device_owner, standard_attr_id, ip_allocation)
                SELECT p.project_id, {Id}, p.name, p.network_id, {Mac}, p.admin_state_up, p.status, {instanceId}, p.device_owner, {FirstAttribute} + seq, p.ip_allocation
                {from} {where}
                """,
            $"INSERT INTO neutron.ipallocations (port_id, ip_address, subnet_id, network_id) SELECT {Id}, {Address}, a.subnet_id, a.network_id {from} JOIN neutron.ipallocations a ON a.port_id = p.id {where}",
            $"INSERT INTO neutron.securitygroupportbindings (port_id, security_group_id) SELECT {Id}, b.security_group_id {from} JOIN neutron.securitygroupportbindings b ON b.port_id = p.id {where}",
            $"INSERT INTO neutron.portsecuritybindings (port_id, port_security_enabled) SELECT {Id}, b.port_security_enabled {from} JOIN neutron.portsecuritybindings b ON b.port_id = p.id {where}",
            $"INSERT INTO neutron.ml2_port_bindings (port_id, host, vif_type, vnic_type, profile, vif_details, status) SELECT {Id}, b.host, b.vif_type, b.vnic_type, b.profile, b.vif_details, b.status {from} JOIN neutron.ml2_port_bindings b ON b.port_id = p.id {where}",
        ];
    }

    public static IEnumerable<string> Remove() =>
        [
            .. Tables.Select(table =>
                $"SET FOREIGN_KEY_CHECKS = 0; DELETE FROM neutron.{table} WHERE port_id LIKE '%{Mark}'"
            ),
            $"SET FOREIGN_KEY_CHECKS = 0; DELETE FROM neutron.ports WHERE id LIKE '%{Mark}'",
            $"SET FOREIGN_KEY_CHECKS = 0; DELETE FROM neutron.standardattributes WHERE id > {FirstAttribute}",
        ];
}
