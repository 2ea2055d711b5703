using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>
/// The steps that made the store what it is. A step that was released is never edited; a change is a new step. What is stored
/// in which form: addresses, MACs and uuids in canonical text, lists as JSON or null when empty, flags as 0 or 1.
/// </summary>
static class SqliteMigrations
{
    /// <summary>"Stkm": tells that an SQLite file is an inventory (SQLite's <c>application_id</c>).</summary>
    public const int ApplicationId = 0x53746b6d;

    /// <summary>The table that records the steps; made before the first.</summary>
    public const string RecordTable = """
        CREATE TABLE IF NOT EXISTS migrations (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            applied_at TEXT NOT NULL
        ) STRICT;
        """;

    public static ImmutableArray<(int Number, string Name, string Sql)> All { get; } =
    [(1, "networks, routers, ports, instances, changes", First), (2, "hosts of ports", Hosts)];

    // The number of a row is also the order of creation. Those of instances and images are shown to guests as EC2 ids, and
    // those of changes are followed: AUTOINCREMENT gives none of them twice.
    const string First = """
        CREATE TABLE networks (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            project_id TEXT NOT NULL,
            mtu INTEGER,
            injected INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX networks_by_name ON networks (name);

        CREATE TABLE subnets (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            network_id TEXT NOT NULL REFERENCES networks (id),
            cidr TEXT NOT NULL,
            gateway_ip TEXT,
            enable_dhcp INTEGER NOT NULL,
            dns_nameservers TEXT,
            host_routes TEXT,
            ipv6_address_mode TEXT,
            UNIQUE (network_id, cidr)
        ) STRICT;
        CREATE INDEX subnets_by_name ON subnets (name);

        CREATE TABLE routers (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            project_id TEXT NOT NULL
        ) STRICT;
        CREATE INDEX routers_by_name ON routers (name);

        CREATE TABLE ports (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            network_id TEXT NOT NULL REFERENCES networks (id),
            project_id TEXT NOT NULL,
            device_id TEXT NOT NULL,
            device_owner TEXT NOT NULL,
            mac_address TEXT NOT NULL,
            vif_type TEXT NOT NULL,
            UNIQUE (network_id, mac_address)
        ) STRICT;
        CREATE INDEX ports_by_name ON ports (name);
        CREATE INDEX ports_by_device ON ports (device_id);
        CREATE INDEX ports_by_owner ON ports (network_id, device_owner);

        CREATE TABLE fixed_ips (
            network_id TEXT NOT NULL,
            address TEXT NOT NULL,
            port_id TEXT NOT NULL REFERENCES ports (id),
            subnet_id TEXT NOT NULL REFERENCES subnets (id),
            position INTEGER NOT NULL,
            floating_ips TEXT,
            PRIMARY KEY (network_id, address)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX fixed_ips_by_port ON fixed_ips (port_id, position);
        CREATE INDEX fixed_ips_by_subnet ON fixed_ips (subnet_id);

        CREATE TABLE ec2_images (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            ref TEXT NOT NULL UNIQUE
        ) STRICT;

        -- User data comes last: what stands behind a long value in a row is found only by walking over it.
        CREATE TABLE instances (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            hostname TEXT NOT NULL,
            project_id TEXT NOT NULL,
            launch_index INTEGER NOT NULL,
            availability_zone TEXT,
            reservation_id TEXT NOT NULL,
            key_name TEXT,
            key_data TEXT,
            key_pair TEXT,
            metadata TEXT,
            flavor_name TEXT,
            image_ref TEXT,
            kernel_id TEXT,
            ramdisk_id TEXT,
            root_device_name TEXT,
            default_ephemeral_device TEXT,
            default_swap_device TEXT,
            block_devices TEXT,
            devices TEXT,
            dedicated_cpus TEXT,
            security_groups TEXT,
            boot_roles TEXT NOT NULL,
            password TEXT NOT NULL,
            user_data BLOB
        ) STRICT;
        CREATE INDEX instances_by_name ON instances (name);

        CREATE TABLE changes (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind INTEGER NOT NULL,
            id TEXT NOT NULL
        ) STRICT;
        """;

    const string Hosts = """
        ALTER TABLE ports ADD COLUMN host_id TEXT NOT NULL DEFAULT '';
        CREATE INDEX ports_by_host ON ports (host_id, network_id);
        """;
}
