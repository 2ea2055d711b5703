namespace Stackmeta.Inventory;

/// <summary>
/// The tables of an inventory as each store's first step makes them. It was released and is never edited; a change is a new step of both
/// stores (<see cref="SqliteMigrations"/>, <see cref="PostgresMigrations"/>). What is stored in which form: addresses, MACs and uuids in
/// canonical text, lists as JSON or null when empty, flags as 0 or 1.
/// </summary>
static class FirstTables
{
    // The number of a row is also the order of creation. Those of instances and images are shown to guests as EC2 ids: none is given twice.
    public static string Create(SqlDialect dialect) =>
        $"""
            CREATE TABLE networks (
                number {dialect.RowNumber},
                id TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                project_id TEXT NOT NULL,
                mtu {dialect.Integer},
                injected {dialect.Integer} NOT NULL
            ){dialect.Table};
            CREATE INDEX networks_by_name ON networks (name);

            CREATE TABLE subnets (
                number {dialect.RowNumber},
                id TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                network_id TEXT NOT NULL REFERENCES networks (id),
                cidr TEXT NOT NULL,
                gateway_ip TEXT,
                enable_dhcp {dialect.Integer} NOT NULL,
                dns_nameservers TEXT,
                host_routes TEXT,
                ipv6_address_mode TEXT,
                UNIQUE (network_id, cidr)
            ){dialect.Table};
            CREATE INDEX subnets_by_name ON subnets (name);

            CREATE TABLE routers (
                number {dialect.RowNumber},
                id TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                project_id TEXT NOT NULL
            ){dialect.Table};
            CREATE INDEX routers_by_name ON routers (name);

            CREATE TABLE ports (
                number {dialect.RowNumber},
                id TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                network_id TEXT NOT NULL REFERENCES networks (id),
                project_id TEXT NOT NULL,
                device_id TEXT NOT NULL,
                device_owner TEXT NOT NULL,
                mac_address TEXT NOT NULL,
                vif_type TEXT NOT NULL,{dialect.HostId}
                UNIQUE (network_id, mac_address)
            ){dialect.Table};
            CREATE INDEX ports_by_name ON ports (name);
            CREATE INDEX ports_by_device ON ports (device_id);
            CREATE INDEX ports_by_owner ON ports (network_id, device_owner);

            CREATE TABLE fixed_ips (
                network_id TEXT NOT NULL,
                address TEXT NOT NULL,
                port_id TEXT NOT NULL REFERENCES ports (id),
                subnet_id TEXT NOT NULL REFERENCES subnets (id),
                position {dialect.Integer} NOT NULL,
                floating_ips TEXT,
                PRIMARY KEY (network_id, address)
            ){dialect.KeyedTable};
            CREATE INDEX fixed_ips_by_port ON fixed_ips (port_id, position);
            CREATE INDEX fixed_ips_by_subnet ON fixed_ips (subnet_id);

            CREATE TABLE ec2_images (
                number {dialect.RowNumber},
                ref TEXT NOT NULL UNIQUE
            ){dialect.Table};

            -- User data comes last: what stands behind a long value in a row is found only by walking over it.
            CREATE TABLE instances (
                number {dialect.RowNumber},
                id TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                hostname TEXT NOT NULL,
                project_id TEXT NOT NULL,
                launch_index {dialect.Integer} NOT NULL,
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
                user_data {dialect.Bytes}
            ){dialect.Table};
            CREATE INDEX instances_by_name ON instances (name);
            """;
}

/// <summary>What the stores' languages call differently.</summary>
/// <param name="RowNumber">A column that numbers rows.</param>
/// <param name="Integer">The type of whole numbers.</param>
/// <param name="Bytes">The type of bytes.</param>
/// <param name="Table">What stands behind the columns of a table.</param>
/// <param name="KeyedTable">The same, of a table whose key is not a number.</param>
/// <param name="HostId">The column <c>host_id</c> of ports, where it was there from the beginning.</param>
sealed record SqlDialect(
    string RowNumber,
    string Integer,
    string Bytes,
    string Table,
    string KeyedTable,
    string HostId
);
