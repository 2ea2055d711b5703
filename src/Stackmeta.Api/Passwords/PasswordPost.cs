using System.Buffers;
using System.Text;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>A guest tells its administrator's password, once (spec/nova-metadata.md §5.4).</summary>
sealed class PasswordPost(InstanceCache instances)
{
    /// <summary>Four rows of 255 characters in Nova's database.</summary>
    const int MaxBytes = 1020;

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the password from the body and stores it. Whether one is set already is decided by what is stored.</summary>
    public async ValueTask<Refusal> StoreAsync(Request request, Instance instance)
    {
        if (!request.IsPost)
        {
            return Refusal.PasswordMethodNotAllowed;
        }
        if (await IsSetAsync(instance, request.Aborted))
        {
            return Refusal.PasswordAlreadySet;
        }
        if (request.ContentLength is null)
        {
            // No body at all is not the empty password.
            return Refusal.TransferEncodingRefused;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes + 1);
        try
        {
            var length = await ReadAsync(request, buffer);
            if (length > MaxBytes)
            {
                return Refusal.PasswordTooLarge;
            }
            if (!TryDecode(buffer.AsSpan(0, length), out var password))
            {
                return Refusal.PasswordNotText;
            }
            return await instances.SetPasswordAsync(instance.Uuid, password, request.Aborted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>A kept record may still show a password that has since been cleared, so one that shows it is read again.</summary>
    async ValueTask<bool> IsSetAsync(Instance kept, CancellationToken cancellationToken)
    {
        if (kept.Password.Length == 0)
        {
            return false;
        }
        var stored = await instances.FindStoredAsync(kept.Uuid, cancellationToken);
        return stored.Instance is not { } instance || instance.Password.Length > 0;
    }

    /// <summary>Reads until the end or until one byte more than is allowed.</summary>
    /// <returns>Bytes read; more than <see cref="MaxBytes"/> when there are more, whatever Content-Length said.</returns>
    static async ValueTask<int> ReadAsync(Request request, byte[] buffer) =>
        request switch
        {
            { ContentLength: > MaxBytes } => MaxBytes + 1,
            { Body: { } body } => await body.ReadAtLeastAsync(
                buffer.AsMemory(0, MaxBytes + 1),
                MaxBytes + 1,
                throwOnEndOfStream: false,
                request.Aborted
            ),
            _ => 0,
        };

    static bool TryDecode(ReadOnlySpan<byte> bytes, out string password)
    {
        try
        {
            password = Utf8.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            password = "";
            return false;
        }
    }
}
