using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Stackmeta.Http;
using Stackmeta.Metadata;

namespace Stackmeta.Api;

/// <summary>A guest tells its administrator's password, once (spec/nova-metadata.md §5.4).</summary>
sealed class PasswordPost(InstanceCache instances)
{
    /// <summary>Four rows of 255 characters in Nova's database.</summary>
    const int MaxBytes = 1020;

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the password from the body and stores it. Whether one is set already is decided by what is stored.</summary>
    public async ValueTask<Refusal> StoreAsync(HttpContext context, Instance instance)
    {
        if (!RequestMethod.IsPost(context))
        {
            return Refusal.PasswordMethodNotAllowed;
        }
        if (await IsSetAsync(instance, context.RequestAborted))
        {
            return Refusal.PasswordAlreadySet;
        }
        if (context.Request.ContentLength is null)
        {
            // No body at all is not the empty password.
            return Refusal.TransferEncodingRefused;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes + 1);
        try
        {
            var length = await ReadAsync(context.Request, buffer, context.RequestAborted);
            if (length > MaxBytes)
            {
                return Refusal.PasswordTooLarge;
            }
            if (!TryDecode(buffer.AsSpan(0, length), out var password))
            {
                return Refusal.PasswordNotText;
            }
            return await instances.SetPasswordAsync(instance.Uuid, password, context.RequestAborted);
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
    static async ValueTask<int> ReadAsync(HttpRequest request, byte[] buffer, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBytes)
        {
            return MaxBytes + 1;
        }
        var length = 0;
        while (length <= MaxBytes)
        {
            var read = await request.Body.ReadAsync(buffer.AsMemory(length, MaxBytes + 1 - length), cancellationToken);
            if (read == 0)
            {
                break;
            }
            length += read;
        }
        return length;
    }

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
