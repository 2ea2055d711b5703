namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// Faults on an OpenStack host: NS is the network's namespace, TAP its interface there, PORT and INSTANCE are Neutron's and Nova's ids,
/// EDGE, AGENT and API the processes, DATABASE that of MariaDB. <c>sql</c> changes the databases, <c>serve</c> runs Python that stays,
/// <c>api</c> another API. What was killed is started anew.
/// </summary>
static class CloudFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("an address that no port of Neutron's has", Finding.PortUnknown, ":") { Asked = "10.0.0.250", Heal = ":" },
        new(
            "two ports of one address",
            Finding.PortAmbiguous,
            "sql neutron \"INSERT INTO ports (id, network_id, mac_address, admin_state_up, status, device_id, device_owner, standard_attr_id) "
                + "VALUES ('p2', '$NETWORK', 'fa:16:3e:00:01:02', 1, 'ACTIVE', 'd2', '', 900002); "
                + "INSERT INTO ipallocations (port_id, ip_address, subnet_id, network_id) VALUES ('p2', '$ADDRESS', 's2', '$NETWORK')\""
        )
        {
            Heal = "sql neutron \"DELETE FROM ipallocations WHERE port_id = 'p2'; DELETE FROM ports WHERE id = 'p2'\"",
        },
        new(
            "a port that is unplugged from its instance",
            Finding.PortWithoutDevice,
            "sql neutron \"UPDATE ports SET device_id = '' WHERE id = '$PORT'\""
        )
        {
            Heal = "sql neutron \"UPDATE ports SET device_id = '$INSTANCE' WHERE id = '$PORT'\"",
        },
        new(
            "a port of another project than its instance",
            Finding.ProjectMismatch,
            "sql neutron \"UPDATE ports SET project_id = 'another' WHERE id = '$PORT'\"; kill -9 $AGENT; gone $AGENT; agent"
        )
        {
            Heal = "ended; sql neutron \"UPDATE ports SET project_id = '$PROJECT' WHERE id = '$PORT'\"",
        },
        new(
            "an instance that Nova has deleted",
            Finding.RecordMissing,
            "sql nova_cell2 \"UPDATE instances SET deleted = id WHERE uuid = '$INSTANCE'\""
        )
        {
            Heal = "sql nova_cell2 \"UPDATE instances SET deleted = 0 WHERE uuid = '$INSTANCE'\"",
        },
        new(
            "an instance without a mapping to its cell",
            Finding.RecordMissing,
            "sql nova_api \"UPDATE instance_mappings SET instance_uuid = REVERSE('$INSTANCE') WHERE instance_uuid = '$INSTANCE'\"; kill -9 $API; gone $API; api"
        )
        {
            Heal =
                "ended; sql nova_api \"UPDATE instance_mappings SET instance_uuid = '$INSTANCE' WHERE instance_uuid = REVERSE('$INSTANCE')\"",
        },
        new(
            "a cell whose database is down",
            Finding.RecordUnreadable,
            "sql nova_api \"UPDATE cell_mappings SET database_connection = REPLACE(database_connection, '{port}', '1') WHERE name = 'cell2'\"; kill -9 $API; gone $API; api"
        )
        {
            Heal =
                "ended; sql nova_api \"UPDATE cell_mappings SET database_connection = REPLACE(database_connection, ':1/', ':{port}/') WHERE name = 'cell2'\"",
            Patience = "2",
        },
        new(
            "a network cache that is no JSON",
            Finding.DocumentRefused,
            "sql nova_cell2 \"UPDATE instance_info_caches SET network_info = CONCAT('x', network_info) WHERE instance_uuid = '$INSTANCE'\""
        )
        {
            Heal =
                "sql nova_cell2 \"UPDATE instance_info_caches SET network_info = SUBSTRING(network_info, 2) WHERE instance_uuid = '$INSTANCE'\"",
        },
        new(
            "a vendor data service that says nothing",
            Finding.VendorDataUnavailable,
            "kill -9 $API; gone $API; serve silent-service.py $SERVICEPORT; api --config-file $VENDORDATA"
        )
        {
            Heal = "ended",
        },
        new(
            "a vendor data service that is down, where that is fatal",
            Finding.VendorDataUnavailable,
            "kill -9 $API; gone $API; api --config-file $VENDORDATA"
        )
        {
            Heal = "ended",
        },
        new(
            "a nova.conf with another secret",
            Finding.SignatureRefused,
            "kill -9 $API; gone $API; api --config-file $OTHERSECRET"
        )
        {
            Heal = "ended",
        },
        new(
            "a Neutron whose database hangs",
            Finding.LookUpFailed,
            "kill -9 $AGENT; gone $AGENT; kill -STOP $DATABASE; agent_in_vain"
        )
        {
            Heal = "kill -CONT $DATABASE; ended",
            Patience = "2",
        },
        new("an edge that was killed", Finding.ListenerMissing, "kill -9 $EDGE; gone $EDGE") { Heal = ":" },
        new(
            "a program in the edge's place",
            Finding.ListenerForeign,
            "kill -9 $EDGE; gone $EDGE; serve_in $NS -m http.server 80 --bind 169.254.169.254"
        )
        {
            Heal = "ended",
        },
        new("an interface of Neutron's that is down", Finding.DeviceDown, "ip -n $NS link set $TAP down")
        {
            Heal = "ip -n $NS link set $TAP up; ip -n $NS addr replace fe80::a9fe:a9fe/128 dev $TAP nodad",
        },
    ];
}
